"""Every sentence that a decision, or its explanation, is told in: one catalogue, and the places to be filled.

Which sentence is due is told by whatever knows what happened (`rules.narration`, the evaluator); the words stand here
alone, so that every back end takes the same ones, and a change of wording is made once. The sentences of steps are
`wording.SENTENCES` and `wording.PHRASES`, those of limits `ledger_words.RULE_SENTENCES`, those of
amendments `edition_words.SENTENCES`.
"""

from __future__ import annotations

from enum import Enum, unique


@unique
class Sentence(Enum):
    """A sentence with its places: `Sentence.LACKS_FACT(fact="等级")` gives 缺少事实「等级」."""

    def __call__(self, **parts: str | int) -> str:
        text: str = self.value
        return text.format(**parts)

    # --- reasons of decisions

    LACKS_FACT = "缺少事实「{fact}」"
    NOT_FIXED = "参数「{parameter}」要由{authority}规定，还没有规定"
    NO_ROW = "「{table}」中没有这一行（{keys}）"
    BY_ZERO = "计算时除数为零"
    DELEGATED = "委托：{to}"
    GATE = "{name}：{ground}"
    CASE = "情形「{case}」"
    IN_CASE = "情形「{case}」：{reason}"
    CASES_MEET = "情形{cases}同时成立，没有规定取哪一个"
    UPLIFT = "上浮{rate}"
    UPLIFTS_EXCLUDE = "{uplifts}互斥而同时成立"
    CAPPED = "封顶"
    NOT_ABOVE_ZERO = "计得金额不大于零"
    CONDITIONS_HOLD = "符合条件"
    ILLUSTRATIVE = "{table}（示例）"
    REPEATED = "同一{keys}重复"
    HAD_OTHER_ITEM = "已享受不得同享的其他项目"
    HAD_HIGHER = "同一{keys}已享受更高{level}"
    TOO_OFTEN = "超过{times}次"
    CAP_USED_UP = "{period}限额{most}元已用完"
    CAP_RESTS = "{period}限额只余{rest}元"
    LINKED = "因「{limit}」一并不予（{reason}）"

    # --- the result in one sentence

    GRANTED = "准予{amount}，{fund}发给{payee}。"
    FROM_FUND = "从{fund}列支，"
    PAYEE = "{kind}（{name}）"
    DENIED = "不予：{reasons}。"
    NOT_APPLICABLE = "不适用：{reasons}。"
    OTHER_RULES = "{status}：另按规定办理（“{to}”）。"
    OTHER_STATUS = "{status}：{reasons}。"
    OTHER_RECORD = "本项适用于另一种记录"
    DENIED_IN_CASE = "情形「{case}」{reasons}"
    RESULT = "结果：{headline}"

    # --- the record

    RECORD = "{name} {key}"
    READING_CHANGED = "「{reading}」改取「{option}」（政策默认「{default}」）"
    NOTICE = "提示：{notice}。"
    ILLUSTRATIVE_TABLE = "注：「{table}」是示例数据，不是官方标准，金额仅供演示。"
    DISCLAIMER = "注：本说明按所填事实和规则算出，供核对使用；是否享受以主管部门的审定为准。"

    # --- amendments

    AMENDED = "本项自{day}起经{numbers}修改；{side}"
    UNDATED = "没有适用日，按修改后的规定"
    ITEM_REPEALED = "本项自{day}起由{numbers}废止"
    ITEM_NOT_YET = "本项自{day}起由{numbers}增加，适用日（{governed}）早于这一天"
    BETTER_TAKEN = "{options}；取有利的一种，即{taken}"
    UNDER_RULES = "{rules}：{result}"
    RULES_SINCE = "自{day}起的规定"
    RULES_UNTIL = "{day}以前的规定"

    # --- conditions

    APPLIES = "适用本项：{text}"
    APPLIES_NOT = "不适用本项：{text}"
    DELEGATED_WHOLLY = "本方案没有规定本项的条件和标准，另按规定办理：“{to}”"
    IN_GATE = "属于「{gate}」，结果待定{handled}"
    HANDLED_BY = "，按“{ground}”办理"
    NOT_IN_GATE = "不属于「{gate}」"
    GOVERNED = "适用日是{day}，标准和目录取这一天的版本"
    GOVERNED_UNKNOWN = "适用日是{day}，不能确定标准和目录的版本"
    STANDS_FOR = "{name}取{value}{chosen}"
    HOLDS = "符合：{text}"
    FAILS = "不符合（{denial}）：{text}"
    WAITS = "没有判断「{words}」：须先解决“{waits}”"
    CASE_HOLDS = "情形「{case}」：符合"
    CASE_FAILS = "情形「{case}」：不符合"
    CASE_OPEN = "情形「{case}」：无法判断"
    ROW_MISSING = "「{table}」中没有{row}的一行"
    ROW_KEY = "{name}为{value}"
    UNKNOWN = "「{words}」无法判断：{why}"
    NOT_FILLED_IN = "没有填写{facts}"
    SHOULD_NOT_BE = "{text}，应当没有"
    IS = "是{name}"
    IS_NOT = "不是{name}"
    NAME_IS = "{name}是{value}"
    NAME_IS_NOT = "{name}是{value}，不是{other}"
    NAME_SHOULD = "{text}，应当{wanted}{other}"
    EXTREME_WORKED = "{operands}，取{which}，{value}"
    STILL_SHORT = "，还差{short}"
    ANY_LABELS = "{header}：{labels}；{verdict}"
    ANY_HELD = "其中符合：{which}"
    ANY_NONE = "均不符合"
    ONE_HIDDEN = "一项，{hidden}"
    ANY_HIDDEN = "{header}：其中一项符合，{hidden}"
    NOT_ANY = "不属于下列任何一项：{labels}"
    NOT_ALL = "{text}，应当不同时符合"
    OPTION_PARTS = "按口径「{reading}」取「{option}」，须符合下列各项"
    DETAILS_ABOVE = "{text}（明细同前）"

    # --- the amount

    UPLIFT_HOLDS = "上浮{rate}：符合"
    UPLIFT_FAILS = "上浮{rate}：不符合，不加"
    UPLIFT_OPEN = "上浮{rate}：无法判断"
    UPLIFTS_UNDECIDED = "{uplifts}同时符合，规则没有写明怎样合计，金额待定"
    UPLIFTS_TOGETHER = "同时符合{count}项上浮：{how}，共上浮{rate}{chosen}"
    RAISED = "加上上浮：{base}×{factor}＝{raised}"
    CAP_CUTS = "{holder}每次不超过{most}{chosen}：计得{asked}，按{paid}计"
    CAP_LEAVES = "{holder}每次不超过{most}{chosen}：计得{asked}，没有超过"
    ROUNDED = "取整到{place}（{mode}）：{amount}"
    AMOUNT_NOT_ABOVE_ZERO = "计得的金额不大于零"
    BASE_FROM_TABLE = "基数：「{table}」中{row}的{column}，{value}"
    STANDARD = "标准"
    BASE = "基数：{worked}"
    PARAMETER_SET = "{name}：本次试算改为{value}"
    PARAMETER = "{name}：{value}{ground}"
    PARAMETER_SINCE = "{name}：{since}为{value}{ground}"
    ON_GROUND = "，依据{ground}"
    TABLE_SAYS = "「{table}」{told}"
    TABLE_FILE = "取自本次指定的文件“{file}”"
    TABLE_SINCE = "{since}执行"
    TABLE_ILLUSTRATIVE = "是示例数据，不是官方标准"
    TABLE_UPLIFT = "表中所列{written}，{column}为{equals}，另加{rate}，为{value}"

    # --- readings

    BY_READING = "（按口径「{reading}」取「{option}」）"
    BY_READINGS = "（按口径{readings}）"
    READING_TAKES = "「{reading}」取「{option}」"
    UNDER_READING = "，按口径「{reading}」取「{option}」"
    READING_QUESTION = "（{question}）"
    READING = "「{reading}」{question}取「{option}」，理由：{reason}"
    READING_OTHERWISE = "「{reading}」{question}本次改取「{option}」；政策默认取「{default}」，理由：{reason}"

    # --- the ledger

    RULE = "「{limit}」：{text}{chosen}"
    KEYS = "{names}（{values}）"
    HAD_BEFORE = "已享受{count}次"
    HAD_NONE = "没有享受过"
    WITHIN_MONTHS = "在{months}个月内"
    WITHIN_YEAR = "在{year}年内"
    ENTRY = "{told}（{key}）"
    ENTRY_EARLIER = "{told}（{key}，以前批次）"
    ENTRIES_OF_OTHERS = "其他人员享受的{count}笔"
    RUNNING_CAP = "{holder}{within}最高{most}{chosen}：{spent}，{told}"
    SPENT_BEFORE = "以前已享受{spent}"
    SPENT_NONE = "以前没有享受过"
    CAP_EXHAUSTED = "已经用完，本次不予"
    CAP_PARTLY = "只余{paid}，本次计得{asked}，按余额发给"
    CAP_ENOUGH = "本次{asked}没有超过"
    LINK = "同一记录的{item}因「{limit}」不予，本项一并不予{chosen}"
    FREE_OF = "「{limits}」的限制不适用于本项"
    WAY_UNLINKED = "{item}不受「{limit}」限制时，本项即可享受"
    WAY_OTHER_KEY = "{names}不同的，不受这一条限制"
    WAY_HIGHER = "{level}不低于已享受的，或者{names}不同的，可以享受"
    WAY_AFTER_MONTHS = "满{months}个月后不再计入以前的享受，届时可以享受"
    WAY_NEXT_YEAR = "{year}年重新计算：{name}在{year}年的，符合其他条件即可享受"
    WAY_NO_YEAR = "施行期内不再有新的年度"
    WAY_CAP_YEAR = "限额按年计算，在下一年度重新计算"
    WAY_CAP_NEVER = "限额已经用完，施行期内不再享受"

    # --- the nearest change

    NO_WAY = "没有找到只改{most}项以内事实即可符合的办法{personal}"
    NO_WAY_IN_BOUNDS = "在限定的计算量之内，没有找到只改{most}项以内事实即可符合的办法{personal}"
    PERSONAL_LEFT_OUT = "（属于个人信息的事实不在查找之列）"
    MORE_WAYS = "另有{count}种办法，不一一列出"
    LACKS_WAY = "差{count}项：{way}"
    LACKS_WAYS = "差{count}项，下列办法任选其一"
    ONE_OF_TRUTHS = "属于{names}之一"
    NOW = "（现在是{value}）"
    WITHOUT = "没有{name}"
    WITH_AND = "有{name}，并且"
    OR_WITHOUT = "，或者没有{name}"
    OUTSIDE_TABLE = "{name}不在「{table}」之内"
    OUTSIDE_KEY = "「{table}」以外的{fact}"
    OF_TABLE = "「{table}」中的"
    SOME_OF = "{name}为{where}{some}等{count}种之一"
    TO_BE = "{name}为{values}"
    EXACTLY = "为{value}"
    BETWEEN = "在{least}至{most}之间"
    NOT_BEFORE = "不早于{value}"
    NOT_AFTER = "不晚于{value}"
    NOT_LESS = "不少于{value}"
    NOT_MORE = "不超过{value}"
    NOW_SHORT = "（现在是{value}，还差{size}）"
    NOW_EARLIER = "（现在是{value}，须早{size}）"
    NOW_LESS = "（现在是{value}，须少{size}）"
