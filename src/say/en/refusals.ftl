### What a refusal means to a person: what came instead of the page, and what to do, in one sentence
### without a full stop. Which words of a store mean which stands in src/page/refused.rs.

refused-letters =
    Amazon asks to type the letters of a picture, and Pubwatch types none; it stays away for an hour
    and longer, and comes back by itself
refused-continue =
    Amazon shows a page with only a button to continue shopping, as it does to a share of all
    visitors; wait, since a later look is often let in
refused-error-page =
    Amazon sends the “Something went wrong” page that it keeps for programs; wait, and look yourself
    if it lasts for more than a day
refused-aws-waf =
    the store's firewall (AWS WAF) wants a browser that runs its script; the way in `command` can
    start one
refused-cloudflare-too-often =
    Cloudflare, which guards the store, says that it is asked too often (1015); make `pause` longer
    if this comes again
refused-cloudflare-ban =
    Cloudflare, which guards the store, has shut out this machine's address; see whether your own
    browser is let in from here, and look by hand
refused-cloudflare =
    Cloudflare stands before the store and lets in what it takes for a person's browser; the way in
    `command` can start one, and where that is stopped too, look by hand
refused-akamai-challenge =
    Akamai, which guards the store, wants a browser that runs its script; the way in `command` can
    start one
refused-akamai =
    Akamai, which guards the store, has shut out this machine's address; see whether your own
    browser is let in from here, and look by hand
refused-perimeter-x =
    PerimeterX, which guards the store, asks to press and hold a button, and Pubwatch presses none;
    look by hand
refused-queue =
    the store lets its visitors in one after the other (Queue-it), and Pubwatch does not queue;
    wait, it is asked again by itself
refused-radware =
    Radware, which guards the store, asks to prove that a person looks, and Pubwatch is none; look
    by hand
refused-sucuri-challenge =
    Sucuri, which guards the store, wants a browser that runs its script; the way in `command` can
    start one
refused-sucuri =
    Sucuri, which guards the store, has refused this visit; see whether your own browser is let in
    from here, and look by hand
refused-datadome =
    DataDome, which guards the store, takes us for what we are, a program; look by hand
refused-imperva =
    Imperva, which guards the store, has refused this visit; see whether your own browser is let in
    from here, and look by hand
refused-sign-in =
    the store shows this page only to those who are signed in, and Pubwatch never is; check the
    address, and look by hand
refused-age = the store asks for the visitor's age first, and Pubwatch has none; look by hand
refused-consent =
    the store wants its cookies agreed to first, and Pubwatch agrees to nothing for you; look by
    hand, or save the page once you have agreed
refused-too-often =
    the store says that it is asked too often (429); Pubwatch leaves it alone for as long as it
    wants, and if this comes again, make `pause` longer
refused-busy = the store's server is busy or being mended (503); wait, it is asked again by itself
refused-server-fault = the store's server has a fault of its own; wait, it is asked again by itself
refused-forbidden =
    the store forbids this page to programs; open it in your browser, and set another way in if you
    can see it there
refused-captcha = the store asks to prove that a person looks, and Pubwatch is none; look by hand
# A kind that nobody has named.
refused-other =
    the store shows a bot check instead of the page; open the page in your browser, and set another
    way in if it comes again
