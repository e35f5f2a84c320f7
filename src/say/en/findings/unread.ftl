### What is told about pages that cannot be read, and pages that only the author looks at. What the
### parts are is said in kdp.ftl.

# $why is the reason; $ever: it could be read once, last on $last_good. $since_moment is the time of
# the first look that could not. $address is the page, $command the command that tells what it says,
# $another another way in, as sentences that follow.
unread =
    .headline = { $ever ->
        [yes] We could not read { $stores }'s page since { $since }
       *[no] We could not read { $stores }'s page at any look so far
    }
    .brief = { $ever ->
        [yes] { $stores } not seen since { $since }
       *[no] { $stores } never seen so far
    }
    .verdict = { $ever ->
        [yes]
            We could not read the page at any look since { $since_moment }: { $why }. The last look
            that could read it was on { $last_good }. This says nothing about the book; we keep what
            we knew, and go on trying, gently.
       *[no]
            No look since { $since_moment } could read it: { $why }. Until one can, nobody knows how
            the book stands there; this says nothing about it. We go on trying, gently.
    }
    .do =
        Open the page yourself now and then: { $address }. Your own browser can hand it over:
        `pubwatch companion FOLDER` writes an extension for it. Or tell us what it says with
        `{ $command }`, or save it and name the file in place of `--says`.{ $another }

# $each is a sentence for every store; $pages is how many pages.
stores-unread =
    .headline = We could not read { $pages } pages of { $stores }
    .verdict =
        { $each } This says nothing about the books; we keep what we knew, and go on trying, gently.
    .do =
        You can see the pages at any time. Let your own browser hand over those that you open:
        `pubwatch companion FOLDER` writes an extension for it. Or let `pubwatch look` open one after
        the other, with one key for each.{ $another }

stores-unread-each =
    At { $store }, { $pages } of { $all } pages could not be read at any look since { $since }:
    { $why }.{ $ever ->
        [yes] {""}
       *[no] {" "}None was ever read, so nobody knows how the books stand there.
    }

line-down =
    .headline = No store could be reached
    .verdict =
        No store has answered for { $hours } hours, so it is probably our own line. Nothing is known
        of any page in that time, and nothing is taken as changed.
    .do = Check this machine's network. Watching goes on by itself when it is back.

# $occasion is the day of the launch, and $days how far the date is. $pages is each page with its
# address, $pages_many how many they are, $commands a command for each; $edition is the number.
look-by-hand =
    .headline = { $pages_many ->
        [one] Look at { $stores }'s page yourself
       *[other] Look at the pages of { $stores } yourself
    }
    .verdict = { $occasion ->
        [week] You look there by hand, and it is time for the look of the week.
        [today] It is out today. Does the page sell it yet?
        [ahead] { $days ->
            [one] It is out in 1 day. Does the page take orders, and show the right date?
           *[other]
                It is out in { $days } days. Does the page take orders, and show the right date?
        }
        [just-out] It came out just now. Does the page sell it?
       *[out] { $days ->
            [one] It has been out for 1 day. A page that does not sell it now is late.
           *[other] It has been out for { $days } days. A page that does not sell it now is late.
        }
    } { $pages }.
    .do = { $pages_many ->
        [one] Open it, and tell us what it says with { $commands }
       *[other] Open each, and tell us what it says with { $commands }
    }, or on the web page of the edition, under “You looked yourself”. `pubwatch look { $edition }` opens { $pages_many ->
        [one] it
       *[other] them
    } and takes a key for an answer. A page that you saved is read like one of ours.

look-by-hand-page = { $ever ->
    [yes] { $store }: { $address } (looked at last on { $last })
   *[no] { $store }: { $address } (not looked at yet)
}

# Another way in, as sentences that follow others. $line is a line of the configuration.
other-way-browser =
    {" "}Or let Chromium fetch it, where Pubwatch runs: on the web page at Settings, Stores, or with
    `{ $line }` in the store's [[store]] table.
other-way-api =
    {" "}There is also { api-for-whom }: docs/ways-in.md says how, for those who have that account.
api-for-whom = Amazon's own API, which is for Associates with ten qualified sales in 30 days (Associates Central, Tools, Creators API)
