### The days of the launch calendar: what each is, and why (.why); where it is said otherwise when the
### day is over, that (.over). Each is on one line.

calendar-earliest = The earliest day for a pre-order
    .why = IngramSpark and Draft2Digital take print pre-orders up to a year ahead.
calendar-trade = What the trade calls early enough
    .why = Barnes & Noble wants the record 180 days before.
calendar-worthwhile = The shortest pre-order that is worth it
    .why = Ingram's own people say three months.
calendar-enable = Enable distribution now, at the latest
    .why = Stores usually take up to four weeks to list a title; before you enable, have the final files, a printed proof, equal dates and KDP's Expanded Distribution off: the on-sale date locks then.
calendar-last-print-change = The last safe day to change the print files
    .over = The last safe day to change the print files has passed
    .why = Ingram may print up to six weeks ahead, so the file that is there now may be the file that ships.
calendar-last-date-change = The last comfortable day to move the publication date
    .over = The last comfortable day to move the publication date has passed
    .why = IngramSpark locks it 30 days before.
calendar-freeze = No more changes at Ingram from today
    .over = No more changes at Ingram
    .why = Within 30 days there is a high risk that the newest files are not used, and a change takes the book off sale.
calendar-early-ship = Stores may drop the pre-order label from today
    .over = Stores may drop the pre-order label
    .why = Ingram ships pre-orders up to 10 business days ahead; it is normal.
calendar-final-files = Draft2Digital wants the final files
    .why = They are due 10 business days before.
calendar-kdp-draft = Check the KDP draft against Ingram's record
    .why = Title, subtitle, author, ISBN, price, trim and cover must be the same. Leave it in draft, with the publication date empty: "Schedule a release" hides the page until the day and is no pre-order.
calendar-dry-run = Dry run: all pages up, links right, proof of rights in one folder
    .why = KDP may ask for proof on the eve of a launch, and gives five days.
calendar-kindle-file = The final Kindle file is due 72 hours before the date, in KDP's clock
    .why = Without it KDP takes the page of a Kindle pre-order down and cancels every order. Upload it, click through to the last step, and tell us that it is published.
calendar-decide = Decide when to publish at KDP
    .why = KDP can take 72 hours. Publishing early ends Amazon's pre-order and puts the book on sale; publishing at 00:00 GMT on the day keeps the date, and the buy button may lag.
calendar-publish = Publish at KDP, 00:00 GMT
    .why = Enter the date and click "Publish your paperback".
calendar-first-report = The first day is over
    .why = Any mixture of states is normal until here.
calendar-linked = Formats should be joined at Amazon
    .why = KDP says 48 hours to a week after each of them is live.
calendar-soft-launch-ends = The soft launch ends
    .why = Now money for promotion is well spent.

# The dates themselves.
calendar-publication = Publication date
    .why = Stores change over during the day, each in its own zone.
calendar-on-sale = On-sale date
    .why = Stores but Amazon go by this one.

# The days that are counted from something. $hours is how long after the date the report comes;
# $store is a store.
agenda-report =
    .what = Launch report
    .why = A letter: what every store shows { $hours } hours after the date.
agenda-listed = { $store } usually lists it by now
agenda-ask =
    .what = If { $store } does not list it, ask from today on
    .why = Earlier questions usually only slow things down.

# What the dates make unlikely or impossible. $days is how many there are between two of them.
dates-differ-warning =
    The publication date is { $publication } and the on-sale date { $on_sale }. Amazon reads the
    publication date only; Lightning Source says to make them equal.
enabled-late-warning =
    It was enabled { $days ->
        [one] 1 day
       *[other] { $days } days
    } before the publication date. Amazon may never show a pre-order: listing usually takes up to four
    weeks.
not-enabled-warning =
    Distribution is not enabled, and the publication date is { $days ->
        [one] 1 day
       *[other] { $days } days
    } away: pages usually take up to four weeks to appear.
freeze-warning =
    Within 30 days of the date neither the dates nor the files should change: the publication date is
    locked, and a change takes the book off sale.
