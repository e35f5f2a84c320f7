### The answers to a letter: what the author says by a tap, when it is the right answer (.when), and
### what it does (.then). $whom is who was asked, $days for how long.

answer-asked = I have asked { $whom }
    .when = When you have asked { $whom }
    .then = we give them time to answer
answer-kdp-published = I have clicked “Publish”
    .when = When you have clicked “Publish”
    .then = we count from then
answer-revision-started = I have just uploaded new files
    .when = If you have just uploaded new files
    .then = we are quiet for ten business days
answer-expected = It is meant to be so
    .when = If it is meant to be so
    .then = we say nothing more of it
answer-later = Remind me in { $days } days
    .when = If now is not the time
    .then = we keep watch, and are silent until that day

# Who was asked, where nothing more is known: I have asked them.
answer-them = them
