### What is told about what else a page shows: products, prices, covers, formats. What the parts are
### is said in kdp.ftl.

page-before-enabling =
    .headline = { $stores } takes orders although distribution is not enabled
    .verdict =
        { $stores }'s page takes orders since { $since }. You have not told us that distribution is
        enabled.
    .do =
        If you have enabled it, tell us the day; if not, look into your account: it may have been
        published by accident.

# $words is what the page at $address says of itself.
wrong-product =
    .headline = { $stores }'s address leads to another product
    .verdict =
        At every look since { $since } the page at { $address } was not of this { $number }: { $words }.
    .do =
        Open the address yourself. If it is wrong, set the right one in the configuration; if the
        store leads this { $number } to another product, tell the store.

# $price is what the page asks, $list the list price. $bookshop: the store is Bookshop.org.
price-above-list =
    .headline = { $stores } asks { $price }, above the list price
    .verdict = { $stores }'s page has asked { $price } since { $since }; your list price is { $list }.
    .do = { $bookshop ->
        [yes]
            It is a setting, not a fault: a wholesale discount of 53 to 55 % at IngramSpark, or
            returns, bring the list price back. 40 % is the least that IngramSpark takes in the US,
            so it is not enough.
       *[no] Check the list price in your account; the sale price is the store's own.
    }

# The revision was finished on $done.
stale-cover =
    .headline = { $many ->
        [one] { $stores } still shows the old cover
       *[other] { $stores } still show the old cover
    }
    .verdict =
        You finished the revision on { $done }, and { $many ->
            [one] { $stores } still shows the old cover
           *[other] { $stores } still show the old cover
        }.{ against-the-usual }
    .ask = { send-again-with-image }

stale-title =
    .headline = { $many ->
        [one] { $stores } still shows the old title
       *[other] { $stores } still show the old title
    }
    .verdict =
        You finished the revision on { $done }, and { $many ->
            [one] { $stores } still shows the old title
           *[other] { $stores } still show the old title
        }.{ against-the-usual }
    .ask = { send-again-with-image }

send-again-with-image = Ask for the record and the image to be sent again.

# $amazon: it is at Amazon. $own_isbn: the edition has an ISBN.
two-pages =
    .headline = { $stores } has a second { $format } of it
    .verdict =
        { $stores }'s page offers two pages of one format, with different { $number }s. Are both
        yours?
    .do = { $amazon ->
        [yes] If one of them is yours by mistake, ask KDP to merge them{ $own_isbn ->
            [yes] ; use one ISBN of your own on both platforms.
           *[no] .
        }
       *[no] If one of them is yours by mistake, ask your distributor to correct it.
    }

# $behind is the other format, as the page calls it.
formats-out-of-step =
    .headline = { $stores } still offers the { $behind } for pre-order
    .verdict =
        The { $format } is on sale at { $stores } while the { $behind } has been a pre-order since
        { $since }.
    .do =
        Tell your readers which format is out; next time publish in the order in which you want them
        to appear.

# $formats are the other formats.
formats-not-joined =
    .headline = { $stores } does not join the { $format } and the { $formats }
    .verdict =
        { $formats_many ->
            [one] Both
           *[other] All of them
        } have been on sale at { $stores } since { $since }, and the { $format }'s page does not
        offer the { $formats }, nor the other way round.{ against-the-usual }
    .ask =
        Compare title, subtitle, author, contributors, edition and language in your KDP account: they
        must be identical. If they are, ask for the formats to be linked.

# A day of the launch calendar: $what it is, $why, and its $date.
milestone =
    .headline = { $what } ({ $date })
    .verdict = { $why }
