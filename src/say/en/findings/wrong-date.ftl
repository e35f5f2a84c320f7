### What is told about dates that pages show. What the parts are is said in kdp.ftl.
### $shown is the date on the page, $date the edition's own.

# A store sells it before its date.
released-early =
    .headline = { $many ->
        [one] { $stores } sells it before its date
       *[other] { $stores } sell it before its date
    }
    .brief = { $many ->
        [one] { $stores } sells early
       *[other] { $stores } sell early
    }
    .verdict = { $many ->
        [one] { $stores } takes orders as for a published book and shows { $shown }
       *[other] { $stores } take orders as for a published book and show { $shown }
    }; your date is { $date }. The store holds an old date.
    .ask = { $asked ->
        [kdp] Look at the dates in your KDP account, and ask for the page's date to be corrected.
       *[other]
            The date cannot be changed in your account any more: only support can help now. Ask
            also whether copies have been ordered or shipped.
    }

# A page no longer says pre-order, $left before the date; it said so until $seen_until.
label-lost =
    .headline = { $many ->
        [one] { $stores } no longer says pre-order
       *[other] { $stores } no longer say pre-order
    }
    .verdict =
        { $stores } said pre-order until { $seen_until } and now { $many ->
            [one] takes
           *[other] take
        } orders without that word, { $left } before the date. Ingram holds the orders anyway.
    .ask =
        Open the page and look at the delivery date. If it promises delivery before your date, ask
        which date the store holds.

# $passed: the date on the page has passed. $was_moved: the author moved the date on $moved.
wrong-date =
    .headline = { $many ->
        [one] { $stores } shows another date, { $shown }
       *[other] { $stores } show another date, { $shown }
    }
    .brief = { $many ->
        [one] { $stores } shows another date
       *[other] { $stores } show another date
    }
    .verdict = { $many ->
        [one] { $stores } shows { $shown }
       *[other] { $stores } show { $shown }
    }{ $passed ->
        [yes] , which has passed
       *[no] {""}
    }; your date is { $date }.{ $was_moved ->
        [yes]
            {" "}You moved the date on { $moved }; a new date usually takes one to six weeks to show.
       *[no] {""}
    }
    .ask = { ask-about-dates }

ask-about-dates =
    Check the dates in your account first. If they are right, only support can correct the store's
    record now.

# A page sells it with a date months or years off.
old-date-on-sale =
    .headline = { $many ->
        [one] { $stores } sells it with the date { $shown }
       *[other] { $stores } sell it with the date { $shown }
    }
    .brief = { $many ->
        [one] { $stores } shows an old date
       *[other] { $stores } show an old date
    }
    .verdict = { $many ->
        [one] { $stores } sells it and shows { $shown }
       *[other] { $stores } sell it and show { $shown }
    } as its publication date; yours is { $date }. That is no time zone: a title that is set up as
        published before keeps the old date.
    .ask = { $asked ->
        [kdp]
            Ask KDP to correct the publication date while the page is new; check first whether
            “previously published” is ticked in the title's details.
       *[other] { ask-about-dates }
    }

date-one-day-off =
    .headline = { $many ->
        [one] { $stores } shows a date one day apart
       *[other] { $stores } show a date one day apart
    }
    .verdict = { $many ->
        [one] { $stores } shows { $shown }
       *[other] { $stores } show { $shown }
    }; your date is { $date }. One day apart is probably a time zone.

# The publication date is $date, and the on-sale date is $on_sale.
calendar-dates-differ =
    .headline = Two dates that differ
    .verdict =
        The publication date is { $date } and the on-sale date { $on_sale }. Amazon reads the
        publication date only, and Lightning Source says to make them equal.
    .do = Make the two equal at the distributor, while they can be changed.
