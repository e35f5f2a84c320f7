### What is told about pages that take no orders, or late ones. What the parts are is said in
### kdp.ftl. $words are the words of the pages, in quotes; $pages_since is the first day of it.

# A page without a buy button, for $lasting. $kind is unavailable, stuck or stores-disagree; with the
# last, $others take orders. $state is what the page offers.
unavailable =
    .headline = { shows-in-its-words }
    .brief = { $state ->
        [out_of_stock] { $stores } unavailable
        [ships_later] { ships-later }
       *[other] { shows-in-its-words }
    }
    .verdict = { $many ->
        [one] { $stores } has said { $words }
       *[other] { $stores } have said { $words }
    } at every look since { $pages_since }{ $has_page ->
        [yes] , { $lasting }
       *[no] {""}
    }.{ $others_many ->
        [0] {""}
        [one] {" "}{ $others } takes orders for it.
       *[other] {" "}{ $others } take orders for it.
    }{ $kind ->
        [unavailable] { $making ->
            [on-demand] {" "}It is printed to order, so it cannot really be out of stock.
            [digital] {" "}A file cannot be out of stock.
           *[other] { against-the-usual }
        }
       *[other] { against-the-usual }
    }
    .ask = { $asked ->
        [kdp]
            Open the page yourself. If it says the same, look at the title's status in your KDP
            Bookshelf and for a message from KDP; if nothing is asked there, write to them.
       *[other] { $making ->
            [offset]
                Open the page yourself. If it says the same, ask whether the wholesaler has copies,
                and for the title's record to be sent again.
           *[other]
                Open the page yourself. If it says the same, ask for the title to be sent again. If
                you have just uploaded new files, tell us instead, and we will stay quiet for 10
                business days.
        }
    }

shows-in-its-words = { $many ->
    [one] { $stores } shows { $words }
   *[other] { $stores } show { $words }
}

ships-later = { $many ->
    [one] { $stores } ships later
   *[other] { $stores } ship later
}

# Orders are taken, and delivery takes weeks, or is out of stock for now.
delayed =
    .headline = { shows-in-its-words }
    .brief = { $state ->
        [out_of_stock] { $stores } unavailable
        [ships_later] { ships-later }
       *[other] { shows-in-its-words }
    }
    .verdict = { $many ->
        [one] { $stores } takes orders and has said { $words }
       *[other] { $stores } take orders and have said { $words }
    } since { $pages_since }.{ against-the-usual }
    .ask = { $making ->
        [digital] Ask why a file takes time to deliver.
       *[other] { $asked ->
            [kdp]
                Ask why: a title that KDP prints is usually back within a day or so. Meanwhile it
                can still be ordered.
           *[other] { $making ->
                [on-demand]
                    Check the wholesale discount and returns, which decide how stores stock a title
                    (53 to 55 % or returns are the lever). Then ask for it to be sent again.
               *[other] Ask whether the wholesaler has copies, and when the next ones come.
            }
        }
    }

third-party-only =
    .headline = Only other sellers offer it at { $stores }
    .brief = Only others sell at { $stores }
    .verdict =
        Every look since { $pages_since } has found only other sellers' copies at { $stores }.
    .ask =
        Ask why only other sellers offer it at { $stores }.{ $amazon ->
            [yes]
                {" "}Copies that are offered as new and are used can be reported on the page.
           *[no] {""}
        }
