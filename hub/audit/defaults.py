"""Every monitor with the values it has when the rulebook says nothing: severity, thresholds, article."""

from hub.audit.rules import Rule

_LICENSING = "《中华人民共和国行政许可法》"
_SUPERVISION = "本市行政审批电子监察规则"


def _rule(monitor: str, severity: str, basis: str, **params: float) -> Rule:
    values = {name: float(value) for name, value in params.items()}
    return Rule(
        monitor=monitor, severity=severity, legal_basis=basis, confirm=severity == "red", params=values
    )


#: The parameters of a monitor are the keys its table may have beside the common ones.
DEFAULTS: dict[str, Rule] = {
    rule.monitor: rule
    for rule in (
        _rule(
            "M01", "warning", f"{_LICENSING}第三十二条第一款第四项：五日内一次告知，逾期视为受理", threshold=5
        ),
        _rule("M02", "warning", f"{_LICENSING}第三十二条第一款第四项：一次告知需要补正的全部内容"),
        _rule("M03", "warning", f"{_SUPERVISION}：临近承诺时限预警（承诺时限由事项目录载明）", threshold=3),
        _rule("M04", "yellow", f"{_SUPERVISION}：超过承诺时限发黄牌（承诺时限由事项目录载明）", threshold=0),
        _rule("M05", "red", f"{_LICENSING}第四十二条、第四十五条、第八十二条：法定办理期限", threshold=0),
        _rule(
            "M06",
            "yellow",
            f"{_LICENSING}第四十二条：延长十日（联合办理十五日），经批准并告知理由",
            longest=10,
            longest_joint=15,
        ),
        _rule("M07", "yellow", f"{_LICENSING}第四十三条；{_SUPERVISION}：环节时限"),
        _rule(
            "M08", "warning", f"{_LICENSING}第四十五条：所需时间书面告知申请人", warning=-3, yellow=0, red=1
        ),
        _rule("M09", "warning", f"{_LICENSING}第四十四条：作出准予许可决定之日起十日内送达", threshold=10),
        _rule("M12", "yellow", f"{_SUPERVISION}：即办件当日办结"),
        _rule("M13", "warning", f"{_LICENSING}第二十六条第二款：统一办理、联合办理、集中办理"),
        _rule("M14", "red", f"{_SUPERVISION}：黄牌逾期未答复的升级为红牌", threshold=5),
        _rule(
            "M15",
            "warning",
            f"{_LICENSING}第四十五条；{_SUPERVISION}：特别程序应有依据、经批准、及时登记",
            repeats=3,
            slack=1,
        ),
        _rule("M16", "warning", f"{_SUPERVISION}：办理环节与时间顺序"),
        _rule(
            "M17",
            "warning",
            f"{_SUPERVISION}：办件数据及时报送，不得事后补录",
            late_hours=24,
            back_entry_days=3,
            unseen_days=3,
        ),
        _rule("M18", "warning", f"{_SUPERVISION}：重报数据不得自行消除已认定的超期"),
        _rule("M20", "warning", f"{_SUPERVISION}：数据持续报送", quiet_days=3, usual_per_day=1),
        _rule("M21", "warning", f"{_SUPERVISION}：办件数据应当完整、准确"),
        _rule("M22", "warning", f"{_SUPERVISION}：同一申请不得重复计为两件", hours=24),
        _rule("M23", "warning", f"{_LICENSING}第五十八条、第五十九条：收费以法定项目和标准为准"),
        _rule("M27", "red", f"{_SUPERVISION}：来源系统载明的办理期限"),
    )
}
