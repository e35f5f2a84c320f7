### The next step, where it does not depend on what happened; and what was so when it was last seen.

step-nothing = Nothing to do.
step-wait = Nothing to do: it often passes by itself.
step-wait-until =
    Wait until { $until }. If it has not changed by then, we write again with the next step and the
    text for it.
# $ticket is the number of the request, where $has_ticket.
step-await-answer =
    You asked on { $asked }{ $has_ticket ->
        [yes] {" "}(ticket { $ticket })
       *[no] {""}
    }. Wait for the answer until { $until }; a second message before that usually slows things down.

# What to do about pages that nobody could see.
step-look = Open the pages that we could not see, and tell us what they say.

# Several pages show the same: before what is to be asked. $party is who feeds them.
step-common-cause =
    Several pages show the same within days, usually from one cause: look first at the title's
    status in your account, and for mail from { $party }. { $step }

# What nobody sees now: $moment is when it was last seen, $stores where, if not everywhere.
last-seen = last seen { $moment }
last-seen-at = { $stores } last seen { $moment }
as-last-seen =
    .headline = { $said } ({ $last_seen })
    .verdict = This is as it was { $last_seen }. { $said }
    .ask = Open the page first: it may have changed. { $said }

# Several stores where it has to be brief.
so-many-stores = { $many } stores
# What an edition and its number are called where there is none.
format-of-none = book
number-of-none = number
# How a page is called that was there, and of which no more is known.
was-there = there
