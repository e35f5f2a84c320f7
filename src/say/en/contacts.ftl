### The official contacts: who is there, and how to reach them. Each is on one line.

write-to = Write to { $who }: { $how }.

contact-ingramspark = IngramSpark support
    .how = “Submit a request” at help.ingramspark.com, or Ingramsparksupport@ingramcontent.com. Write from the e-mail address of your IngramSpark account, one request a message
contact-draft2digital = Draft2Digital support
    .how = the contact form in your Draft2Digital account; it is the only contact for a book that they distribute
contact-publishdrive = PublishDrive support
    .how = the contact form in your PublishDrive account; it is the only contact for a book that they distribute
contact-distributor = your distributor
    .how = whoever carries the book to the stores; they alone can re-send its record
contact-kdp = KDP support
    .how = “Contact us” at the foot of kdp.amazon.com, signed in; if they wrote to you, answer that very e-mail
contact-barnes-noble = Barnes & Noble's title desk
    .how = Titles@bn.com, for up to 25 titles
contact-bookshop = Bookshop.org support
    .how = support.bookshop.org; give the ISBN-13
contact-store = the store
    .how = its customer service, from the store's own help page
