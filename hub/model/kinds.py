"""The unified record kinds as data: schema, mapping checks and the field reference come from here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FieldType = Literal[
    "text",  # NFC text without NUL; blank means absent
    "identifier",  # text as it is but for surrounding blanks; 12.0 from a workbook is "12"
    "integer",  # signed 64 bit
    "quantity",  # a number that may have a fraction (lengths of limits), stored as a double
    "money",  # stored as an integer number of fen (1/100 yuan), printed with two decimals
    "boolean",
    "instant",  # see hub.model.instants; a date alone keeps day precision
    "date",  # an instant of day precision
    "unit",  # one of UNITS
]

UNITS = ("working_day", "calendar_day", "working_hour", "hour", "month")

#: 行政许可法 art. 45: time these take is never counted, on the statutory and the promised clock.
ARTICLE_45_KINDS = (
    "hearing",
    "tender",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One unified field. ``personal`` fields share one sealed column in the store."""

    name: str
    type: FieldType
    zh: str
    en: str
    key: bool = False
    required: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record; ``key_fields`` in order, unique within a (source, stream)."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]

    @property
    def key_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.key)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when the kind has none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(f"record kind {self.name!r} has no field {name!r}")


def _key(name: str, type_: FieldType, zh: str, en: str) -> Field:
    return Field(name, type_, zh, en, key=True, required=True)


_CASE_NO = _key("case_no", "identifier", "办件编号", "case number")
_SEQ = _key("seq", "identifier", "序号", "sequence within the case")

ITEM = RecordKind(
    "item",
    "事项",
    "catalogue entry: what can be applied for",
    (
        _key("item_code", "identifier", "事项编码", "item code"),
        _key("effective_from", "date", "生效日期", "first day this version is in force"),
        Field("name", "text", "事项名称", "item name"),
        Field("department", "text", "实施主体", "implementing department"),
        Field("case_type", "text", "办件类型", "immediate, promised, joint or upward"),
        Field("statutory_limit", "quantity", "法定时限", "statutory limit"),
        Field("statutory_unit", "unit", "法定时限单位", "unit of the statutory limit"),
        Field("promised_limit", "quantity", "承诺时限", "promised limit"),
        Field("promised_unit", "unit", "承诺时限单位", "unit of the promised limit"),
        Field("pause_kinds", "text", "可中止承诺时限的特别程序", "kinds that also stop the promised clock"),
        Field("fee", "money", "收费标准", "standard fee"),
        Field("effective_to", "date", "失效日期", "last day this version is in force"),
    ),
)

CASE = RecordKind(
    "case",
    "办件",
    "one application under an item",
    (
        _CASE_NO,
        Field("item_code", "identifier", "事项编码", "item code"),
        Field("department", "text", "实施主体", "implementing department"),
        Field("region", "text", "行政区划", "region code"),
        Field("case_type", "text", "办件类型", "immediate, promised, joint or upward"),
        Field("title", "text", "项目名称", "what is applied for"),
        Field("applicant_type", "text", "申请人类型", "person, enterprise or other"),
        Field("applicant_name", "text", "申请人", "applicant", personal=True),
        Field("applicant_id_type", "text", "证件类型", "type of the applicant's identifier"),
        Field("applicant_id", "identifier", "证件号码", "applicant's identifier", personal=True),
        Field("phone", "text", "联系电话", "applicant's telephone", personal=True),
        Field("channel", "text", "申请渠道", "window, online, letter or other"),
        Field("window", "text", "窗口", "counter in the hall"),
        Field("handler", "text", "经办人", "official handling the case"),
        Field("parent_case_no", "identifier", "主办件编号", "lead case of a joint approval"),
        Field("received_at", "instant", "收件时间", "papers handed in"),
        Field("accepted_at", "instant", "受理时间", "accepted: the statutory clock starts"),
        Field("refused_at", "instant", "不予受理时间", "acceptance refused"),
        Field("decided_at", "instant", "决定时间", "decision made"),
        Field("closed_at", "instant", "办结时间", "closed"),
        Field("delivered_at", "instant", "送达时间", "result delivered or collected"),
        Field("due_at", "instant", "来源给定期限", "deadline the source itself gives"),
        Field("result", "text", "办结结果", "granted, denied, returned, voided, forwarded, …"),
        Field("certificate_no", "identifier", "证照编号", "certificate number"),
        Field("fee_due", "money", "应收费用", "fee due"),
        Field("fee_paid", "money", "实收费用", "fee paid"),
        Field("data_version", "integer", "数据版本", "version the source gives the record"),
        Field("recorded_at", "instant", "来源入库时间", "when the source stored the record"),
    ),
)

STEP = RecordKind(
    "step",
    "环节",
    "one step of handling: handle, review, approve, …",
    (
        _CASE_NO,
        _key("step_no", "identifier", "环节序号", "step number within the case"),
        Field("kind", "text", "环节类型", "handle, review, approve, …"),
        Field("name", "text", "环节名称", "step name"),
        Field("handler", "text", "办理人", "official of the step"),
        Field("started_at", "instant", "开始时间", "step started"),
        Field("ended_at", "instant", "结束时间", "step ended"),
        Field("limit", "quantity", "环节时限", "limit of the step"),
        Field("limit_unit", "unit", "环节时限单位", "unit of the limit"),
        Field("result", "text", "环节结果", "result of the step"),
    ),
)

PAUSE = RecordKind(
    "pause",
    "特别程序",
    "a special procedure or suspension: the clock may stop",
    (
        _CASE_NO,
        _SEQ,
        Field("kind", "text", "特别程序种类", "hearing, inspection, publicity, suspended, …"),
        Field("basis", "text", "依据", "legal basis or ground"),
        Field("approver", "text", "批准人", "who approved it"),
        Field("reason", "text", "理由", "reason given"),
        Field("applied_length", "quantity", "申请时长", "length applied for: the cap"),
        Field("applied_unit", "unit", "申请时长单位", "unit of the length"),
        Field("started_at", "instant", "开始时间", "pause started"),
        Field("ended_at", "instant", "结束时间", "pause ended; absent while open"),
        Field("recorded_at", "instant", "来源入库时间", "when the source stored the record"),
    ),
)

SUPPLEMENT = RecordKind(
    "supplement",
    "补正",
    "a notice of missing papers, and their arrival",
    (
        _CASE_NO,
        _SEQ,
        Field("issued_at", "instant", "补正告知时间", "notice issued"),
        Field("materials", "text", "补正材料", "what is asked for"),
        Field("received_at", "instant", "补正受理时间", "papers received"),
    ),
)

EXTENSION = RecordKind(
    "extension",
    "延期",
    "an extension of the limit",
    (
        _CASE_NO,
        _SEQ,
        Field("length", "quantity", "延长时长", "length added"),
        Field("unit", "unit", "延长时长单位", "unit of the length"),
        Field("approver", "text", "批准人", "authority that approved it"),
        Field("reason", "text", "理由", "reason told to the applicant"),
        Field("approved_at", "instant", "批准时间", "when it was approved"),
    ),
)

PAYMENT = RecordKind(
    "payment",
    "缴费",
    "a payment on a case",
    (
        _CASE_NO,
        _SEQ,
        Field("amount", "money", "金额", "amount paid"),
        Field("paid_at", "instant", "缴费时间", "when it was paid"),
    ),
)

RATING = RecordKind(
    "rating",
    "好差评",
    "an applicant's rating, five levels",
    (
        _CASE_NO,
        _SEQ,
        Field("score", "integer", "评分", "1 (worst) to 5 (best)"),
        Field("rated_at", "instant", "评价时间", "when it was rated"),
        Field("channel", "text", "评价渠道", "where it was rated"),
        Field("comment", "text", "评价内容", "comment"),
    ),
)

KINDS: dict[str, RecordKind] = {
    kind.name: kind for kind in (ITEM, CASE, STEP, PAUSE, SUPPLEMENT, EXTENSION, PAYMENT, RATING)
}

#: Kinds that belong to a case: they carry its case_no and touch its dossier.
CASE_KINDS: tuple[str, ...] = tuple(name for name in KINDS if name != "item")


#: When a row of a kind that belongs to a case comes to be: it orders a case's rows, and one dated
#: after the instant judged has not happened yet.
STARTS = {
    "step": "started_at",
    "pause": "started_at",
    "supplement": "issued_at",
    "extension": "approved_at",
    "payment": "paid_at",
    "rating": "rated_at",
}


def personal_fields(kind: RecordKind) -> Iterator[Field]:
    """The fields sealed together in the store's personal column."""
    return (f for f in kind.fields if f.personal)
