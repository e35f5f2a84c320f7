### What states, formats and the like are called, in letters, on pages and in commands.
### Each is on one line and has no values.

# What a page offers.
state-not_listed = Not listed
state-announced = Announced
state-pre_order = Pre-order
state-in_stock = Available
state-ships_later = Ships later
state-back_order = Backorder
state-third_party_only = Other sellers only
state-out_of_stock = Unavailable
state-discontinued = Ended
# A day of the strip on which no page was seen, and one before we watched it.
state-unseen = Not seen
state-before = Not watched yet

format-paperback = paperback
    .one = a paperback
format-hardcover = hardcover
    .one = a hardcover
format-ebook = ebook
    .one = an ebook
format-audiobook = audiobook
    .one = an audiobook

# How much a finding matters.
severity-quiet = Usual
severity-good = Good news
severity-watch = Watch
severity-to-do = To do
severity-act = Act

# How many there are of each, in a subject: 1 to act on, 2 to watch.
so-many-act = { $n } to act on
so-many-to-do = { $n } to do
so-many-watch = { $n } to watch

# Who is asked, where there is no name: ask your distributor.
your-distributor = your distributor
the-store = the store

# Why a page could not be read: "could not read the page: the store did not answer".
unread-blocked = the store turned us away
unread-robots = the store's robots.txt asks us not to look
unread-unreachable = the store did not answer
unread-wrong-product = the page is of another product
unread-not-offered-here = the store does not offer it to our location
unread-no-evidence = the page does not say
