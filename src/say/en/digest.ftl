### The weekly digest.

# $summary counts what stands, $whose is the client of an imprint.
digest-subject = Digest: { $summary }
digest-subject-for = Digest for { $whose }: { $summary }
# The parts of the summary.
digest-nothing-seen = nothing could be seen
digest-not-seen = { $unseen } of { $all } pages not seen
digest-as-expected = all as expected
digest-nothing-to-do = nothing to do
# Titles, some by name: Salt Roads and 3 more.
digest-more = { $more } more

# What came and went without a letter, and what the author wants to hear no more of.
digest-came-and-went = { $headline }: it began { $since } and was over by itself after { $lasting }.
digest-muted = { $headline }: muted until { $until }, as you asked.

digest-heading-quiet = Nothing to do
digest-heading-as-expected = As expected
digest-heading-coming = The next three weeks
digest-heading-stores = Still watching: the last good look
digest-and-more = And { $more } more.
# A day that comes, what it is, and for which titles.
digest-coming = { $day }, { $titles }: { $what }.
# The stores with their last good looks.
digest-last-looks = The last good looks: { $sights }.
digest-never-seen = no good look yet
digest-out-of-sight = (out of sight)
digest-blind = { $pages }, { $blind } of them not seen at present

digest-next = { $has_look ->
    [yes] We look again at about { $at }.{" "}
   *[no] {""}
}{ $often ->
    [seldom] As long as it is so, this comes once in four weeks.{" "}
   *[weekly] {""}
}You get a letter of its own when something changes that you should know at once.{ $has_page ->
    [yes] {" "}All of it: { $page }
   *[no] {""}
}
