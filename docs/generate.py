"""The parts of the documentation that repeat what the code says: word tables, codes, limits, sentence forms.

    python docs/generate.py           write them
    python docs/generate.py --check   exit code 1 where a file is out of date

Files in `docs/reference/` are written whole; elsewhere a part between <!-- 生成开始 name --> and <!-- 生成结束 --> is.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from attrs import asdict  # noqa: E402 - the checkout, not an installed copy
from code_examples import examples  # noqa: E402

from hypolicy.diagnostics.codes import CODES  # noqa: E402
from hypolicy.diagnostics.manual import as_markdown, sentence, severity  # noqa: E402
from hypolicy.rules.amendment import Rank, State, Transition  # noqa: E402
from hypolicy.rules.operators import WORDS, Comparison  # noqa: E402
from hypolicy.rules.outcome import Status  # noqa: E402
from hypolicy.rules.rounding import RoundingMode  # noqa: E402
from hypolicy.rules.tree import CheckKind, PeriodKind, Stacking  # noqa: E402
from hypolicy.rules.units import MULTIPLIERS, SPELLINGS  # noqa: E402
from hypolicy.source import limits  # noqa: E402
from hypolicy.syntax import tokens, tree  # noqa: E402
from hypolicy.syntax.blocks import LINES_OF, WORDS_OF  # noqa: E402
from hypolicy.syntax.forms import PARTS as PARTS_OF_SENTENCES  # noqa: E402
from hypolicy.syntax.forms import SECTIONS, form, grammar_rules, sentences  # noqa: E402
from hypolicy.syntax.grammar import keywords  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NOTICE: Final = "<!-- 本文件由 docs/generate.py 生成，请勿手工修改。 -->"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    return f"`{text}`"


# --- operators -------------------------------------------------------------------------------------------------

_EDGES: Final[dict[Comparison, str]] = {
    Comparison.AT_LEAST: "包含",
    Comparison.AT_MOST: "包含",
    Comparison.ABOVE: "不包含",
    Comparison.BELOW: "不包含",
    Comparison.EQUAL: "—",
    Comparison.UNEQUAL: "—",
}


def comparisons() -> str:
    """Every comparing word with its symbol, and whether the number itself is included."""
    rows = []
    for comparison, edge in _EDGES.items():
        words = [word for word, meaning in WORDS.items() if meaning is comparison]
        plain = "、".join(word for word in words if word not in tokens.POSTFIX_WORDS)
        behind = "、".join(word for word in words if word in tokens.POSTFIX_WORDS)
        rows.append((comparison.symbol, edge, plain, behind or "—"))
    return table(["含义", "本数", "写在两个值之间的词", "写在数量之后的词"], rows)


def units() -> str:
    by_base: dict[str, list[str]] = {}
    for name, (base, scale) in SPELLINGS.items():
        same = name if scale == 1 else f"{name}（{scale}{base}）"
        by_base.setdefault(base, []).append(same)
    return table(["单位", "写法"], [(base, "、".join(names)) for base, names in by_base.items()])


_OPERATIONS: Final[dict[tuple[str, bool], str]] = {
    ("ADD", False): "加",
    ("ADD", True): "减",
    ("MULTIPLY", False): "乘",
    ("MULTIPLY", True): "除",
}


def operators_page() -> str:
    marks: dict[str, list[str]] = {name: [] for name in _OPERATIONS.values()}
    for word, kind in tokens.ARITHMETIC.items():
        negative = word in tokens.NEGATIVE_ARITHMETIC
        marks[_OPERATIONS[kind, negative]].append(word)
    scaled = "、".join(f"{name}（{number:,}）" for name, number in MULTIPLIERS.items())
    return "\n\n".join(
        [
            NOTICE,
            "# 比较词、单位和运算",
            "用法见[规则语言](../language.md)第四、六、七节。",
            "## 比较词",
            comparisons(),
            "## 单位",
            units(),
            f"数和单位之间可以写：{scaled}。两个单位相除写作 `元/天` 的样子。其他单位用 `单位「…」。` 登记。",
            "## 运算",
            table(["运算", "写法"], [(name, "、".join(map(code, words))) for name, words in marks.items()]),
            "`/` 只用在单位中，不表示除。",
            "## 叠加方式、取整方式、期间和结果",
            table(
                ["用于", "可写"],
                [
                    ("`叠加方式`", "、".join(code(mode.value) for mode in Stacking)),
                    ("`取整到…`", "、".join(code(f"取整到{place}") for place in "元角分")),
                    ("取整方式", "、".join(code(mode.value) for mode in RoundingMode)),
                    (
                        "期间",
                        "、".join(
                            [*(code(kind.value) for kind in PeriodKind), "`每滚动12个月`", "已声明的期间"]
                        ),
                    ),
                    ("核查和目标", "、".join(code(kind.value) for kind in CheckKind)),
                    ("结果", "、".join(status.value for status in Status)),
                    ("用例中可写的结果（准予写金额）", "、".join(map(code, tokens.STATUS_WORDS))),
                ],
            ),
        ]
    )


# --- codes -----------------------------------------------------------------------------------------------------

_GROUPS: Final[tuple[tuple[str, str], ...]] = (
    ("HY1", "规则文件的写法"),
    ("HY2", "名称"),
    ("HY3", "类型和单位"),
    ("HY4", "版本、表和金额"),
    ("HY5", "补贴、口径和台账"),
    ("HY6", "用例"),
    ("HY70", "官方文本"),
    ("HY7", "情景和测算"),
    ("HY8", "数据文件和整批计算"),
    ("HY9", "命令"),
)


def examples_file() -> str:
    written = {number: asdict(example) for number, example in examples().items()}
    return json.dumps(written, ensure_ascii=False, indent=1)


def codes_page() -> str:
    out = [
        NOTICE,
        "# 问题编号",
        "编号的含义固定，不改作他用。〈〉中的文字和“…”在显示时换成具体内容。"
        "标“警告”的不影响运行，其余是错误，须改正后才能运行。点编号看原因、例子和改法；"
        "在命令行中用 `hypolicy code 编号`。",
    ]
    left = dict(CODES)
    for prefix, title in _GROUPS:
        numbers = sorted(number for number in left if number.startswith(prefix))
        rows = [
            (f"[{number}](codes/{number}.md)", severity(left[number]), sentence(left.pop(number).sentence))
            for number in numbers
        ]
        out += [f"## {prefix.ljust(len('HY000'), 'x')}　{title}", table(["编号", "", "说明"], rows)]
    assert not left, f"docs/generate.py: no group for {sorted(left)}"
    return "\n\n".join(out)


def code_page(number: str) -> str:
    return f"{NOTICE}\n\n{as_markdown(CODES[number], examples().get(number))}"


# --- limits ----------------------------------------------------------------------------------------------------

_LIMITS: Final[dict[str, tuple[str, str, str]]] = {
    "MAX_FILE_BYTES": ("一个规则文件、表文件或者官方文本的大小", "字节", "HY123"),
    "MAX_FILES": ("一部政策的规则文件", "个", "HY126"),
    "MAX_POLICY_BYTES": ("一部政策的规则文件合计", "字节", "HY133"),
    "MAX_INCLUDE_DEPTH": ("引用的层数", "层", "HY126"),
    "MAX_TOKENS": ("一个规则文件的词", "个", "HY106"),
    "MAX_NESTING": ("括号嵌套", "层", "HY107"),
    "MAX_LEVELS": ("概念互相引用、条件互相套叠的深度", "层", "HY219"),
    "MAX_NAME_CHARS": ("一个名称的长度", "字", "HY105"),
    "MAX_DIGITS": ("一个数的长度", "位", "HY104"),
    "MAX_QUANTITY": ("规则文件中一个数量（金额以元计）", "", "HY104"),
    "MAX_AGE": ("规则文件中的年龄", "岁", "HY316"),
    "MAX_TERMS": ("一句中用“且”“或”、加减乘除和列举连起来的项数", "项", "HY128"),
    "MAX_TABLE_ROWS": ("一张表的行数", "行", "HY414"),
    "MAX_SHOWN_DIAGNOSTICS": ("一次列出的问题（其余只报数目）", "条", ""),
    "MAX_PROBLEMS": ("一个规则文件中逐一查找的问题，再多不再往下读", "个", ""),
    "MAX_COUNT": ("数据文件中一个整数", "", ""),
    "MAX_MONEY_FEN": ("数据文件中一个金额", "分", ""),
    "MAX_CHANGED_FACTS": ("查找“怎样才能符合”时改变的事实", "项", ""),
    "MAX_TRIES": ("查找“怎样才能符合”时试算的次数", "次", ""),
    "MAX_WAYS": ("查找“怎样才能符合”时列出的办法", "种", ""),
}


def limits_page() -> str:
    source = Path(limits.__file__).read_text(encoding="utf-8")
    names = [
        node.target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    rows = []
    for name in names:
        assert name in _LIMITS, f"docs/generate.py: say in _LIMITS what {name} limits"
        what, unit, number = _LIMITS[name]
        rows.append((what, f"{getattr(limits, name):,}{unit}", number or "—"))
    return "\n\n".join(
        [
            NOTICE,
            "# 上限",
            "上限使任何文件的检查都在几秒之内结束。超过的，按编号指出；数据文件中超过的数，列入错误清单。",
            table(["项目", "上限", "编号"], rows),
        ]
    )


# --- keywords and sentence forms -------------------------------------------------------------------------------

_SINGLE: Final = re.compile("〈[^〈〉]+〉|“文字”|「名称」|[\u4e00-\u9fff]+")

# What a line of a block begins with.
_LINES: Final[dict[type, str]] = {
    tree.Term: "施行期",
    tree.Parties: "发给、申请、垫付",
    tree.Applies: "适用",
    tree.ConditionLine: "条件",
    tree.Amount: "金额",
    tree.Case: "情形",
    tree.Uplift: "上浮",
    tree.StackingLine: "叠加方式",
    tree.Cap: "封顶",
    tree.Rounding: "取整到…",
    tree.Exclusion: "不与…同享",
    tree.Otherwise: "其余不予",
    tree.Holder: "归集",
    tree.Covers: "适用于",
    tree.NoRepeat: "同一…不重复享受",
    tree.NoLower: "同一…已享受更高…的不再享受",
    tree.NotTogether: "不同项目…不同享",
    tree.CountLimit: "…享受不超过…",
    tree.Linked: "因本限制不予的…一并不予",
    tree.Refer: "参照",
    tree.Assume: "假设",
    tree.UseTable: "用表",
    tree.UseValue: "用值",
    tree.Adopt: "采用口径",
    tree.Due: "应得",
    tree.RankLine: "位阶",
    tree.Effective: "施行日",
    tree.StateLine: "状态",
    tree.TransitionLine: "新旧衔接",
}
_HEADS: Final[dict[type, str]] = {
    tree.PolicyHead: "政策",
    tree.Reading: "口径",
    tree.FixedReading: "固定口径",
    tree.Table: "表",
    tree.Benefit: "补贴",
    tree.Ledger: "台账",
    tree.Limit: "限制",
    tree.Template: "参照用例",
    tree.WorkedCase: "用例",
    tree.AmendmentHead: "修订",
}


def blocks_table() -> str:
    rows = []
    for head, kinds in LINES_OF.items():
        assert head in _HEADS, f"docs/generate.py: say in _HEADS what {head.__name__} is called"
        words = [word for word in keywords() if word in WORDS_OF.get(head, ())]
        for kind in kinds:
            if kind in (tree.Statement, tree.Naming):
                continue
            assert kind in _LINES, f"docs/generate.py: say in _LINES what {kind.__name__} begins with"
            words.append(_LINES[kind])
        rows.append((_HEADS[head], "、".join(words)))
    return table(["块", "可以写的句"], rows)


def keywords_page() -> str:
    sections = grammar_rules()
    rules = {name: alternatives for part in sections.values() for name, alternatives in part.items()}
    out = [
        NOTICE,
        "# 用词一览",
        "用法见[规则语言](../language.md)。句式中，〔〕内的可以不写，… 表示可以重复，｜ 表示任选其一，〈〉是一类内容。",
        "## 块",
        blocks_table(),
    ]
    for section, title in SECTIONS.items():
        rows = []
        for name, alternatives in sections[section].items():
            if name not in PARTS_OF_SENTENCES and name not in sentences():
                continue
            shown = [form(alternative, rules, (name,)) for alternative in alternatives]
            label = PARTS_OF_SENTENCES.get(name, "句")
            single = dict.fromkeys(one for one in shown if _SINGLE.fullmatch(one) and one != label)
            longer = [one for one in shown if not _SINGLE.fullmatch(one)]
            if len(single) > 1 and label != "〈条件〉":
                longer.insert(0, "｜".join(single))
            rows += [(label, code(one)) for one in dict.fromkeys(longer) if one != label]
        out += [f"## {title}", table(["名称", "写法"], rows)]
    words = "、".join(sorted(keywords(), key=lambda word: word.encode("gb18030")))
    fixed = "、".join(
        [
            *WORDS,
            *(mode.value for mode in Stacking),
            *(mode.value for mode in RoundingMode),
            *(f"取整到{place}" for place in "元角分"),
            *tokens.STATUS_WORDS,
            *(transition.value for transition in Transition),
            *tokens.ARITHMETIC,
        ]
    )
    ranks = "、".join(rank.value for rank in Rank)
    states = "、".join(state.value for state in State)
    out += ["## 全部用词", f"下列词不能作为名称：{words}。", f"下列词有固定含义，也不宜作为名称：{fixed}。"]
    out += [f"位阶由高到低：{ranks}。状态：{states}。这些词只在 `位阶：`、`状态：` 之后有固定含义。"]
    return "\n\n".join(out)


# --- writing ---------------------------------------------------------------------------------------------------

PAGES: Final[dict[str, Callable[[], str]]] = {
    "docs/reference/operators.md": operators_page,
    "docs/reference/codes.md": codes_page,
    "docs/reference/limits.md": limits_page,
    "docs/reference/keywords.md": keywords_page,
    "hypolicy/diagnostics/examples.json": examples_file,
    **{f"docs/reference/codes/{number}.md": partial(code_page, number) for number in CODES},
}
PARTS: Final[dict[str, dict[str, Callable[[], str]]]] = {"docs/language.md": {"比较词": comparisons}}


def generated() -> dict[Path, str]:
    """Every file that has generated parts, as it should be."""
    files = {ROOT / name: f"{page()}\n" for name, page in PAGES.items()}
    for name, parts in PARTS.items():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        for part, content in parts.items():
            start, end = f"<!-- 生成开始 {part} -->\n", "<!-- 生成结束 -->"
            before, _, rest = text.partition(start)
            _, _, after = rest.partition(end)
            text = f"{before}{start}{content()}\n{end}{after}"
        files[path] = text
    return files


def main(arguments: Sequence[str]) -> int:
    stale = [
        (path, text)
        for path, text in generated().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        name = path.relative_to(ROOT).as_posix()
        if "--check" in arguments:
            print(f"{name} 与代码不一致，请运行 make reference。")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"已写入 {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
