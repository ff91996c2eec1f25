"""Notices: telling people of meetings by mail, webhook and SMS. Pages and devices ring by
themselves; this is for people who are not at one."""
