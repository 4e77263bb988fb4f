"""Domains that say nothing of a company: where anybody gets a mailbox, or a page. Facts, kept as a list of our own.

A whole family of national domains is listed once: ``yahoo.*`` stands for ``yahoo.fr`` and ``yahoo.co.uk`` alike.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    """The words of a list; a line that starts with # is a heading."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return frozenset(" ".join(lines).split())


FAMILIES: Final = _words("""
    aol bluewin gmail gmx googlemail hotmail laposte live msn outlook rediffmail t-online tutanota virgilio
    wanadoo yahoo yandex ymail
""")
"""Providers that use one name under many endings. Each is a name that no other company is likely to use as its own."""

MAILBOXES: Final = _words("""
    # worldwide
    icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me tuta.com tuta.io tutamail.com
    zoho.com zohomail.com fastmail.com fastmail.fm hushmail.com hey.com inbox.com lycos.com rocketmail.com
    mailbox.org posteo.de posteo.net runbox.com startmail.com duck.com mail.com email.com usa.com
    privaterelay.appleid.com passport.com windowslive.com 163.com 126.com yeah.net qq.com foxmail.com sina.com
    sina.cn sohu.com aliyun.com 139.com 189.cn naver.com hanmail.net daum.net nate.com
    # access providers, North America
    comcast.net xfinity.com verizon.net att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net cox.net
    charter.net spectrum.net roadrunner.com earthlink.net mindspring.com juno.com netzero.net netzero.com
    optonline.net optimum.net frontier.com frontiernet.net windstream.net centurylink.net embarqmail.com
    centurytel.net suddenlink.net mediacombb.net cableone.net rcn.com twc.com rogers.com shaw.ca telus.net
    bell.net sympatico.ca videotron.ca cogeco.ca eastlink.ca
    # Britain, Ireland, Australia, New Zealand, India, South Africa
    btinternet.com btopenworld.com sky.com talktalk.net tiscali.co.uk ntlworld.com virginmedia.com virgin.net
    blueyonder.co.uk plusnet.com eircom.net bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au
    xtra.co.nz rediff.com sify.com indiatimes.com mweb.co.za telkomsa.net
    # the rest of Europe
    web.de freenet.de orange.fr orange.es arcor.de vodafone.de online.de onlinehome.de kabelmail.de
    unity-mail.de versatel.de ewetel.net aon.at chello.at a1.net hispeed.ch sunrise.ch free.fr sfr.fr neuf.fr
    bbox.fr numericable.fr aliceadsl.fr club-internet.fr libero.it tiscali.it tin.it alice.it tim.it
    fastwebnet.it inwind.it telefonica.net terra.es ono.com sapo.pt clix.pt telenet.be skynet.be proximus.be
    scarlet.be ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl hetnet.nl casema.nl telia.com telia.se comhem.se
    bredband.net spray.se tele2.se online.no broadpark.no get2net.dk stofanet.dk tdcadsl.dk elisanet.fi
    saunalahti.fi kolumbus.fi wp.pl o2.pl onet.pl interia.pl op.pl poczta.fm seznam.cz centrum.cz email.cz
    volny.cz azet.sk zoznam.sk freemail.hu citromail.hu abv.bg mail.ru bk.ru list.ru inbox.ru internet.ru
    rambler.ru ya.ru ukr.net i.ua meta.ua inbox.lv otenet.gr
    # Latin America, Turkey, Japan
    uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com prodigy.net.mx speedy.com.ar
    arnet.com.ar fibertel.com.ar mynet.com ttmail.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com
    biglobe.ne.jp ocn.ne.jp
    # thrown away after use
    mailinator.com guerrillamail.com guerrillamail.net sharklasers.com 10minutemail.com tempmail.com
    temp-mail.org trashmail.com trashmail.de wegwerfmail.de yopmail.com yopmail.fr maildrop.cc getnada.com
    dispostable.com throwawaymail.com mailnesia.com mytemp.email moakt.com spamgourmet.com byom.de
""")

PAGES: Final = _words("""
    facebook.com fb.com instagram.com linkedin.com xing.com twitter.com x.com youtube.com youtu.be tiktok.com
    pinterest.com yelp.com etsy.com ebay.com amazon.com google.com goo.gl bit.ly t.co linktr.ee medium.com
    crunchbase.com yellowpages.com tripadvisor.com meetup.com sites.google.com docs.google.com
""")
"""Sites where companies have a page; given as a website they name the host, not the company."""

ROLES: Final = _words("""
    abuse accounting accounts admin administration administrator billing booking bookings bureau buchhaltung
    careers contact contactus contacto customerservice desk enquiries enquiry events export feedback finance
    frontdesk hello help helpdesk hola hr import info information inquiries inquiry invoice invoices it jobs
    kontakt mail marketing media news newsletter noreply no-reply office orders postmaster press purchasing
    reception rechnung recruiting reservations sales secretary secretariat service services shop support team
    vertrieb verwaltung webmaster welcome
""")
"""Mailboxes of a task, read by several people: what stands before the @."""


def is_shared(domain: str) -> bool:
    """Whether a registrable domain belongs to a mail provider or a host of pages rather than to one company."""
    return domain in MAILBOXES or domain in PAGES or domain.partition(".")[0] in FAMILIES


def is_role_address(email: str) -> bool:
    """``info@``, ``sales@`` and the like: several people may stand behind it."""
    return email.casefold().partition("@")[0].partition("+")[0] in ROLES
