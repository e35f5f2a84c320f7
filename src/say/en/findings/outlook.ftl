### "Is it normal, and until when?" in a line for a page. $since, $at and $until are days or times.

outlook-not-seen = not seen yet
outlook-not-seen-since = not seen yet, tried since { $since }
# $state is what the page offered then.
outlook-last-seen = last seen { $at } as { $state }
outlook-not-looked-since = last seen { $at } as { $state }; nobody has looked since
outlook-seen-once = seen once, a second look counts from { $at } on
outlook-as-expected = as expected
outlook-as-you-said = as you said it should be
# $why is one of the lines below.
outlook-usual-until = { $why }, until { $until }
outlook-longer-than-usual = longer than usual; waiting is right until { $until }
outlook-unusual = unusual; nothing to do
outlook-act = something to do
# A price beside it.
outlook-price = { $line } · { $price }, list { $list }

usual-not-unusual = not unusual
usual-kdp-not-live = usual after publishing at KDP
usual-missing = usual: stores take their time to list a title
usual-still-pre-order = usual in the days after the date
usual-ships-in-weeks = usual around the release
usual-third-party-only = usual on a new page
usual-wrong-date = usual after a date was moved
usual-label-lost = usual before the date
usual-vanished = pages sometimes come back within hours
usual-stale-cover = usual after a revision
usual-unavailable = usual for now
