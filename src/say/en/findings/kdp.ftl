### What is told about publishing at KDP.
###
### .headline is the line of a subject or a list, without an end mark; .brief the same in the fewest
### words, for a phone. .verdict says what is seen. .ask is the step where somebody is to be asked,
### .do the step that the author takes herself.
### In every finding: $stores names the stores it is about ("Amazon and Bookshop.org") and $many is
### how many they are; $since is a day; $format is "paperback"; $number is "ISBN" or "ASIN"; $usual
### says how long it has lasted against what is usual; $asked is "kdp" where KDP is to be asked;
### $making is how the book is made: on-demand, offset, digital or unknown.

# Published at KDP, and Amazon does not offer it after 72 hours. $scheduled: the release was
# scheduled for $date; otherwise the author clicked at $clicked. $state is what the page offers, in
# the words $words.
kdp-not-live =
    .headline = { $stores } { $many ->
        [one] does
       *[other] do
    } not { $making ->
        [digital] offer
       *[other] sell
    } it yet, published at KDP
    .brief = Not at { $stores } yet
    .verdict = { $scheduled ->
        [yes] The release was scheduled at KDP for { $date }
       *[no] You published at KDP on { $clicked }
    }; { $lasting } later { $stores } still { $many ->
        [one] shows
       *[other] show
    } { $state ->
        [not_listed] no page for it
       *[other] { $words }
    }.{ $past_limit ->
        [yes] {" "}This is past KDP's outer limit of 10 business days.
       *[no] {""}
    }
    .ask = { $others_many ->
        [0] Look at the title's status in your Bookshelf. The ordinary causes come first: { $making ->
            [digital] a review that is not through, or an open mail from KDP
           *[other]
                the ISBN inside the book differs from the one entered, the cover or interior was
                sent back, or a mail from KDP waits for an answer
        }. If it says Live, or nothing is asked, write to them; a review cannot be hurried.
       *[other] { look-at-territories }
    }

# $others names stores of the same kind that sell it.
look-at-territories =
    { $others } { $others_many ->
        [one] sells
       *[other] sell
    } it, so look in your account at the territories, at the price for { $stores }, and whether
    the { $format } is sold there at all; then ask.

# The page of a Kindle pre-order is gone. $was is what it offered, $clocks when the date begins.
kindle-page-gone =
    .headline = { $stores } no longer { $many ->
        [one] shows
       *[other] show
    } the Kindle page
    .verdict =
        The page was there ({ $was }) until { $seen_until }, and the date is { $date }. KDP takes
        the page of a Kindle pre-order down, and cancels its orders, when the final file is not
        there 72 hours before { $clocks }.
    .ask =
        Open your KDP Bookshelf now: upload the final file if it is missing, click through to the
        last step, and tell us. If the file is there, write to KDP at once.

publish-at-kdp =
    .headline = Today is the day to publish at KDP
    .verdict =
        KDP's clock is GMT: there, { $date } begins on { $clocks }. You have not told us that the
        { $format } is published.
    .do =
        Enter the publication date and click “Publish your { $format }” at KDP; then tell us. If you
        have done it already, tell us too: KDP can take 72 hours, and we go by that.

# $has_limit: KDP said until when to answer, $until.
rights-query =
    .headline = KDP asks for proof of your rights
    .verdict =
        KDP asked on { $since }. There are five days to answer{ $has_limit ->
            [yes] , until { $until }
           *[no] {""}
        }.
    .ask =
        Answer that very message of KDP's, with the proof attached: { $own_isbn ->
            [yes] the ISBN account, invoices
           *[no] invoices
        }, a copyright registration or a letter of reversion. Then tell us.
