### What frames a letter about a book: its headings, what stands of the stores, how to answer, and the
### small print.

# What it tells: "Act: Amazon shows …"; of several things with its number.
letter-point = { $word }: { $headline }.
letter-point-of-several = { $number }. { $word }: { $headline }.
letter-title = { $title } ({ $about }).
# The word before a headline that was told before: Act again.
letter-again = { $word } again
# A subject; $title with its format in brackets. The days as "12 days to go".
subject = { $word }: { $title }: { $headline }
subject-days = { $headline }, { $days }
# In HTML, "Act · 1 of 3".
part-of = of

heading-next-step = Your next step
heading-ready-text = The text, ready to paste; nobody has sent it
heading-links = The links to share
heading-stores = What the stores say
heading-usual = What is usual
heading-strips = The last 30 days
heading-answer = Answer with a tap; each link opens a page with one button
heading-tell-us = Tell us what we cannot see

# Why it is told now; $since is a day, $lasting how long.
occasion-escalated = We wrote of this when waiting was right; now there is something to do.
occasion-reminded = This is a reminder: it has lasted since { $since }, { $lasting }.
occasion-closed-all = All that time the page took no orders.
occasion-closed = For { $lasting } of that the page took no orders.

# Whom to write to; in HTML the name is a link, and the parts stand alone.
letter-contact = Whom to write to: { $who }. { $how }. { letter-look-alikes }
letter-whom = Whom to write to:
letter-look-alikes = Write only there: sites with similar names are not theirs.
letter-as-above = Write to { $who }, as above.
letter-delete = Complete what is in brackets, and delete what is not true for you.
letter-subject = Subject: { $subject }
# The same in HTML, where the subject is bold.
word-subject = Subject:
letter-text-is-there = The text for it stands in our letter before this one.
letter-text-is-on-the-page = The text for it stands on the page below.

letter-usual = What is usual: { $sentence } Source: { $source }.
word-source = Source:
letter-caution = We look from one place, without an account: a page can differ by account, country or device.

# What one page says. $at is a time, $lasting a length, $looks "3 looks", $tries how many.
page-date = Date shown: { $date }.
page-price = Price: { $price }.
page-checked = Last checked: { $checked }.
word-date-shown = Date shown
word-checked = Checked
word-is-it-normal = Is it normal?
page-not-checked = not yet
page-unread = { $tries ->
    [one] We could not read the page since { $at } (1 try): { $why }.
   *[other] We could not read the page since { $at } ({ $tries } tries): { $why }.
}
page-never = We have not looked yet.
page-nobody-looked = Nobody has looked at the page since { $at }.
page-since = Since { $at }, { $lasting }, { $looks }.
page-since-once = Since { $at }, { $looks }: a second look will confirm it.
page-last-read = Last read { $at }: { $state }.
page-last-read-saying = Last read { $at }: { $state }, “{ $words }”.

# Below the strips. $legend explains their letters.
strip-publication = ^ publication
strip-legend = The last 30 days, today at the right.
strip-legend-of = The last 30 days, today at the right ({ $legend }).
strip-today = Today is at the right.
strip-line = The thick line is the publication date.

# How to answer: when it is the right answer, and what it does.
letter-control = { $when } ({ $then }):
letter-then = Then
letter-all-of-it = All of it
letter-all-of = All of the { $format }
letter-every-page = : every page, every day, and whatever else you want to tell us.

# What happens next; $look is one of the first two.
next-look = We look again at about { $at }
next-look-unknown = We keep looking
next-open =
    { $look }. We write when it changes and when it is over; while it lasts, at most every { $every }.
next-closed = { $look }. We write when there is something to know; nothing is asked of you.

# The small print: why this reader gets it.
why-copy =
    You get this because { $author }, for whom Pubwatch keeps watch, wants you to know. Replies go
    to { $from }; ask there if you want no more of them.
why-own = Pubwatch watches this book for you. It does not read replies.
why-own-and-others =
    Pubwatch watches this book for you. It does not read replies. It also wrote to { $others }.
