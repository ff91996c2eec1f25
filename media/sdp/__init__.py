"""Offers read, answers written (RFC 8866, JSEP RFC 8829, BUNDLE RFC 9143, ICE-lite RFC 8839).

`offer.parse_offer` turns hostile text into an Offer or raises SdpError; `negotiation.negotiate`
decides what of it is taken; `answer.write_answer` writes that down. aiortc's SDP classes are not
used here: they know neither `a=rid` nor `a=simulcast` and raise whatever bad text leads to.
"""
