### Good news, and worries that are over. What the parts are is said in kdp.ftl.

# A page takes orders for the first time. $address is the page, $words what it says.
page-appeared =
    .headline = { $many ->
        [one] { $stores } takes orders
       *[other] { $stores } take orders
    }
    .verdict = { its-page-has-said }
    .do = The address to share, which stays the same after the release: { $address }

released =
    .headline = { $many ->
        [one] { $stores } sells it
       *[other] { $stores } sell it
    }
    .verdict = { its-page-has-said }
    .do = The address to share: { $address }

its-page-has-said = { $has_page ->
    [yes] { $stores }'s page has said { $words } since { $seen_until }.
   *[no] {""}
}

released-everywhere =
    .headline = It is on sale everywhere
    .verdict = { $many ->
        [one] { $stores } sells it.
       *[other] { $stores } sell it.
    }
    .do = Nothing to do. These are the links to share.

# Something that was told is over. $was is its headline, $lasting how long it was so; $shown is what
# $shown_many stores show now. $clear: all of them show what they should.
all-clear =
    .headline = { $shown_many ->
        [0] It is over
       *[other] { all-clear-or-over }, { $shown }
    }
    .brief = { $shown_many ->
        [0] It is over
        [1] { all-clear-or-over }, { $shown }
       *[other] { all-clear-or-over } at { $shown_many } stores
    }
    .verdict = This is over: { $was }. It lasted { $lasting }.

all-clear-or-over = { $clear ->
    [yes] All clear
   *[no] It is over
}

# What one store shows now.
all-clear-shows = { $store } shows { $state }
    .brief = { $store } { $state }
