"""The words people write in the files for the kinds of things, Chinese first (DOMAIN words)."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, tuple[str, ...]]
"""What is stored, and what may be written for it; the first is shown to people."""

TREES: Final[Words] = {
    "party": ("党组织", "党", "党务"),
    "admin": ("行政", "行政单位", "行政区划"),
}
UNIT_KINDS: Final[Words] = {
    "party_committee": ("党委",),
    "party_working_committee": ("党工委",),
    "general_branch": ("党总支",),
    "branch": ("党支部",),
    "party_group": ("党小组",),
    "network_branch": ("网络党支部",),
    "temporary_branch": ("临时党支部",),
    "city": ("市", "县级市", "县"),
    "subdistrict": ("街道", "街道办事处"),
    "town": ("镇",),
    "township": ("乡",),
    "village": ("村", "行政村"),
    "community": ("社区",),
    "institution": ("机构", "企事业单位", "事业单位"),
}
SITE_KINDS: Final[Words] = {
    "city": ("市级会场", "主会场"),
    "township": ("乡级会场", "乡镇会场", "分会场"),
    "village": ("村级站点", "村级会场"),
    "hospital": ("医院",),
    "clinic": ("卫生室", "卫生院"),
    "education_site": ("远程教育站点",),
}
DEVICE_KINDS: Final[Words] = {
    "video_phone": ("视频电话",),
    "meeting_room": ("视频会议室", "会议室"),
    "mobile": ("手机", "移动端"),
    "desktop": ("电脑", "桌面端"),
}
MEMBERSHIPS: Final[Words] = {
    "home": ("组织关系", "组织关系所在"),
    "network": ("网络支部", "网络党支部"),
    "floating_host": ("流入地", "流动党员"),
    "group": ("党小组",),
}
POSTS: Final[Words] = {
    "secretary": ("书记", "支部书记"),
    "deputy_secretary": ("副书记", "支部副书记"),
    "organization": ("组织委员",),
    "publicity": ("宣传委员",),
    "discipline": ("纪检委员", "纪律检查委员"),
    "committee_member": ("委员", "支部委员"),
    "group_leader": ("党小组长", "组长"),
}
STANDINGS: Final[Words] = {
    "full_member": ("正式党员",),
    "probationary_member": ("预备党员",),
    "applicant_activist": ("入党积极分子", "积极分子"),
}
ROLES: Final[Words] = {
    "city_org_admin": ("市级组织员", "市委组织部管理员"),
    "township_admin": ("乡镇组织员", "乡镇管理员"),
    "branch_secretary": ("支部书记",),
    "recorder": ("记录人",),
    "first_secretary": ("第一书记",),
    "member": ("党员",),
    "observer": ("列席",),
    "site_operator": ("会场操作员",),
    "village_doctor": ("村医",),
    "hospital_dispatcher": ("医院分诊员",),
    "hospital_doctor": ("医院医生",),
    "service_clerk": ("便民服务员",),
    "tech_admin": ("技术管理员",),
    "auditor": ("审计员",),
}
YES: Final = frozenset({"是", "有", "√", "1", "true", "yes", "y"})
NO: Final = frozenset({"否", "无", "没有", "×", "0", "false", "no", "n"})
