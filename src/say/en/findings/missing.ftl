### What is told about pages that are not there, or not on sale yet. What the parts are is said in
### kdp.ftl. $others names other stores that have it, and $others_many is how many they are.

# A store has never listed it, $lasting after it was $enabled there, or published at KDP.
missing =
    .headline = { $many ->
        [one] { $stores } does not list it yet
       *[other] { $stores } do not list it yet
    }
    .verdict = { $many ->
        [one] { $stores } has no page for this { $number }
       *[other] { $stores } have no page for this { $number }
    }, { $enabled ->
        [yes] { $lasting } after distribution was enabled
       *[no] { $lasting } after it was published at KDP
    }.{ $others_many ->
        [0] {""}
        [one] {" "}{ $others } lists it.
       *[other] {" "}{ $others } list it.
    }{ against-the-usual }
    .ask = { search-yourself }

search-yourself =
    Search { $stores } by { $number } yourself, and check in your account that the title's status is
    enabled for distribution. If both are as they should be, ask whether { $many ->
        [one] { $stores } receives
       *[other] { $stores } receive
    } this title.

# A store does not list it, and the date has passed. $amazons: another Amazon sells it.
not-on-sale =
    .headline = { $many ->
        [one] { $stores } does not sell it
       *[other] { $stores } do not sell it
    }
    .verdict = { $many ->
        [one] { $stores } has no page for this { $number }
       *[other] { $stores } have no page for this { $number }
    }, and the date was { $date }.{ others-sell-it }{ against-the-usual }
    .ask = { $amazons ->
        [yes]
            Another Amazon sells it, so look in your account at the territories, at the price for
            { $stores }, and whether the { $format } is sold there at all; then ask.
       *[no] { $asked ->
            [kdp]
                Look at the title's status in your KDP Bookshelf. If it is a draft, publish it and
                tell us; if it is blocked or in review, a message from KDP is waiting for an answer;
                if it says Live, ask KDP why there is no page.
           *[other] { search-yourself }
        }
    }

others-sell-it = { $others_many ->
    [0] {""}
    [one] {" "}{ $others } sells it.
   *[other] {" "}{ $others } sell it.
}

# A page that was there is gone since $seen_until. $sold: it sold the book; otherwise it showed $was.
vanished =
    .headline = { $sold ->
        [yes] { $many ->
            [one] { $stores } no longer sells it
           *[other] { $stores } no longer sell it
        }
       *[no] { $many ->
            [one] { $stores } no longer shows it
           *[other] { $stores } no longer show it
        }
    }
    .brief = Gone from { $stores }
    .verdict = { $sold ->
        [yes] { $stores } sold it until { $seen_until }
       *[no] The page at { $stores } was there ({ $was }) until { $seen_until }
    }; since then no look has found a page for this { $number }.{ others-sell-it }
    .ask = { $others_many ->
        [0]
            Search { $stores } by { $number } yourself: is the page gone, or only no longer joined to
            the other formats? If it is gone, look at the title's status in your account, and ask.
       *[other] { look-at-territories }
    }

# A page takes pre-orders $lasting after the date.
still-pre-order =
    .headline = { $many ->
        [one] { $stores } still shows a pre-order
       *[other] { $stores } still show a pre-order
    }
    .verdict = { $many ->
        [one] { $stores } still takes pre-orders
       *[other] { $stores } still take pre-orders
    }, { $lasting } after the date.{ others-sell-it }{ against-the-usual }
    .ask = { $asked ->
        [kdp] Look at the title's status in your KDP Bookshelf; if it says Live, ask KDP.
       *[other] Ask for the record to be sent again.
    }

# How it stands against what is usual: a sentence that follows others.
against-the-usual = { $usual ->
    [normal] {" "}This is still normal.
    [late] {" "}This is a little longer than usual; waiting is still right.
    [act] {" "}This is longer than usual, so it is worth asking.
   *[none] {""}
}
