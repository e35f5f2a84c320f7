### What is said of a letter or a post that did not go out.

# $code is the server's answer, $doing one of the names below, $words are the server's.
trouble-answered = the mail server answered { $code } while { $doing }: { $words }
trouble-while = while { $doing }: { $words }
# $what is one of those two, and what to do about it.
trouble-login =
    { $what }; check the user name and the password under [mail], then run `pubwatch outbox retry`
trouble-unknown = { $what }; it may have arrived, and is sent again under the same Message-ID
trouble-of-this-machine =
    { $what }; it refuses this machine and not the recipient: check `host`, `port`, `username` and
    `hello` under [mail]

post-unanswered =
    while posting: { $words }; it may have arrived, and is sent again under the same id
post-answered = it answered { $code } to the post: { $words }
post-login =
    { $what }; check its secret or token in the configuration, then run `pubwatch outbox retry`
post-address = { $what }; check its `address` in the configuration

# What was being done, each on one line.
doing-prepare = preparing the letter
doing-connect = connecting
doing-tls = securing the line
doing-login = logging in
doing-sender = naming the sender
doing-recipient = naming the recipient
doing-data = sending the letter
doing-answer = waiting for the answer after the letter
doing-post = posting
