"""Hostile policy folders: whatever grows, grown to the limit; characters that lie; paths that lead elsewhere.

Each pattern writes a folder. Sizes are given in bytes of the rule file, 1 MiB at most: that is the limit of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEAD: Final = """政策「试点」。
施行期：自2024年1月1日起至2025年12月31日止。
适用日：领证日。
汇总年度：领证日。
台账：
  归集「每人」：人。
  次序：领证日。
  台账年度：领证日。
记录「申报」：以申报号为键。
事实「申报号」：编号。
事实「人」：编号。
事实「领证日」：日期。
事实「贫困」：是否。
事实「残疾」：是否。
事实「天数」：整数「天」。
事实「工种」：文本。
资金「专账」。
"""
BENEFIT: Final = "补贴「奖补」：\n  资金：专账。\n"


def filled(piece: str, size: int, before: str = "", after: str = "") -> str:
    """As many pieces as fit."""
    return before + piece * ((size - len((before + after).encode())) // len(piece.encode())) + after


def numbered(piece: Callable[[int], str], size: int) -> str:
    """Pieces with numbers, as many as fit."""
    out, room, number = [], size, 0
    while room > 0:
        out.append(piece(number))
        room -= len(out[-1].encode())
        number += 1
    return "".join(out[:-1])


# --- one token or one sign, over and over ----------------------------------------------------------------------

RUNS: Final[dict[str, str]] = {
    "句号": "。", "分号": "；", "冒号": "：", "逗号": "，", "顿号": "、", "半角句点": ".", "左括号": "（",
    "右括号": "）", "左名称号": "「", "右名称号": "」", "左引号": "“", "右引号": "”", "直引号": '"',
    "注释号": "#", "引文号": ">", "注释行": "#\n", "引文行": ">字\n", "空引文行": ">\n",
    "词的引文行": ">贫困\n", "换行": "\n", "空格": " ", "全角空格": "\u3000", "数字": "9", "全角数字": "９",
    "小数点和数字": "1.", "日期": "2024年1月1日", "数量": "1元", "非": "非", "且": "且", "或": "或", "不": "不",
    "有": "有", "是": "是", "未登记的字": "龘", "字母": "a", "关键词": "补贴", "词": "贫困",
    "词连写": "贫困残疾", "列举号": "（1）", "内层列举号": "①", "条款号": "六（一）", "空名称": "「」",
    "空文字": "“”", "名称": "「甲」", "开块": "补贴「甲」：", "嵌套的引号": "“甲", "零宽空格": "\u200b",
    "反向字符": "\u202e甲", "组合字符": "\u0301", "变体选择符": "字\ufe0f",
    "表情": "\U0001f468\u200d\U0001f469", "私用区": "\ue000", "部首": "⼈", "兼容字": "Ⅷ㈠",
    "代理区以外": "\U0002a6d6", "制表符": "\t", "回车": "\r", "分行符": "\u2028",
}  # fmt: skip


def runs(size: int) -> Iterator[tuple[str, str]]:
    for name, piece in RUNS.items():
        yield f"一串{name}", filled(piece, size, HEAD)
        yield f"条件中一串{name}", filled(piece, size, f"{HEAD}{BENEFIT}  条件：贫困", "。\n  金额：1元。\n")


# --- what nests ------------------------------------------------------------------------------------------------


def nested(size: int) -> Iterator[tuple[str, str]]:
    depth = size // 16
    for name, opening, inner, closing in (
        ("括号", "（", "贫困", "）"),
        ("非和括号", "非（", "贫困", "）"),
        ("列举", "同时满足：（1）", "贫困", ""),
        ("两种列举", "满足之一：（1）同时满足：①", "贫困", ""),
        ("较小者", "较小者（1元、", "1元", "）"),
        ("查表", "工种（", "1元", "）"),
        ("文字", "“", "甲", "”"),
        ("且与或", "（贫困且（残疾或", "贫困", "））"),
    ):
        expression = opening * depth + inner + closing * depth
        yield f"嵌套的{name}", f"{HEAD}概念「深」：{expression[: size // 3]}。\n"
    yield (
        "三十层括号三百次",
        HEAD + numbered(lambda n: f"概念「深{n}」：{'（' * 30}贫困{'）' * 30}。\n", min(size, 40_000)),
    )


# --- what is declared ------------------------------------------------------------------------------------------


def declared(size: int) -> Iterator[tuple[str, str]]:
    tail = BENEFIT + "  金额：1元。\n"
    for name, piece in (
        ("概念", lambda n: f"概念「概{n}」：贫困。\n"),
        ("相接的概念", lambda n: f"概念「概{n}」：{f'概{n - 1}' if n else '贫困'}。\n"),
        ("倒接的概念", lambda n: f"概念「概{n}」：概{n + 1}。\n"),
        ("翻番的概念", lambda n: f"概念「概{n}」：{f'概{n - 1}且（概{n - 1}或残疾）' if n else '贫困'}。\n"),
        ("事实", lambda n: f"事实「事{n}」：是否。\n"),
        ("可空的事实", lambda n: f"事实「事{n}」：整数「天」，可空。\n概念「概{n}」：有事{n}，且事{n}超过1天。\n"),
        ("枚举", lambda n: f"枚举「枚{n}」：甲{n}、乙{n}。\n"),
        ("口径", lambda n: f"口径「口{n}」：默认「甲」，另可「乙」。\n  理由：“无”。\n"),
        ("固定口径", lambda n: f"固定口径「口{n}」：「甲」。\n  理由：“无”。\n"),
        ("参数", lambda n: f"参数「参{n}」：自2024年1月1日起1元。\n"),
        ("单位", lambda n: f"单位「位{n}」。\n"),
        ("补贴组", lambda n: f"补贴组「组{n}」：奖补。\n"),
        ("相接的补贴组", lambda n: f"补贴组「组{n}」：{f'组{n - 1}' if n else '奖补'}。\n"),
        ("补贴", lambda n: f"补贴「补{n}」：\n  资金：专账。\n  条件：贫困。\n  金额：{n + 1}元。\n"),
        ("限制", lambda n: f"限制「限{n}」：\n  适用于奖补。\n  每自然年享受不超过{n + 1}次。\n"),
        ("共同条件", lambda n: f"共同条件「共{n}」：适用于奖补：贫困。\n"),
        ("校验", lambda n: f"校验「校{n}」：贫困或残疾或天数超过{n}天。\n"),
        ("提示", lambda n: f"提示「提{n}」：贫困，且天数超过{n}天。\n"),
        ("标题", lambda n: f"{'一二三四五六七八九'[n % 9]}「题{n}」。\n"),
        ("用例", lambda n: f"用例「例{n}」：\n  假设：贫困为是。\n  应得：均无。\n"),
        ("记录", lambda n: f"记录「录{n}」：以键{n}为键。\n事实「键{n}」：编号。\n"),
        ("重复的名称", lambda n: "概念「重」：贫困。\n"),
        ("相近的未登记词", lambda n: f"概念「概{n}」：贫困戶{n}。\n"),
    ):  # fmt: skip
        text = HEAD + numbered(piece, size - len((HEAD + tail).encode()))  # type: ignore[arg-type]
        yield f"许多{name}", text + (tail if name != "补贴" else "")


def in_a_benefit(size: int) -> Iterator[tuple[str, str]]:
    """What could be compared with everything else of its kind."""
    start, amount = HEAD + BENEFIT, "  金额：100元。\n"
    facts = numbered(lambda n: f"事实「事{n}」：是否。\n", size // 4)
    known = facts.count("事实")
    for name, piece in (
        ("上浮", lambda n: f"  上浮{n % 90 + 1}%：事{n % known}。\n"),
        ("相反的上浮", lambda n: f"  上浮{n % 90 + 1}%：{'非' * (n % 2)}事{n % known // 2}。\n"),
        ("情形", lambda n: f"  情形「情{n}」：条件：事{n % known}；金额：{n + 1}元。\n"),
        ("条件", lambda n: f"  条件：事{n % known}。\n"),
        ("或的条件", lambda n: f"  条件：事{n % known}或事{(n + 1) % known}或非事{(n + 7) % known}。\n"),
        ("天数的情形", lambda n: f"  情形「情{n}」：条件：天数为{n}天；金额：{n + 1}元。\n"),
    ):
        body = numbered(piece, size - len((start + facts).encode()))
        with_amount = "" if "情形" in name else amount
        yield f"一项补贴许多{name}", HEAD + facts + BENEFIT + with_amount + body


def expanding(size: int) -> Iterator[tuple[str, str]]:
    """Little text that means much."""
    readings = numbered(
        lambda n: (
            f"口径「口{n}」：默认「甲」，另可「乙」、「丙」。\n  理由：“无”。\n"
            f"概念「概{n}」：按口径「口{n}」：「甲」指贫困；「乙」指残疾；「丙」指天数超过{n}天。\n"
        ),
        min(size, 30_000),
    )
    count = readings.count("口径「口") // 2
    every = "或".join(f"概{n}" for n in range(count))
    some = "；\n".join(f"  情形「情{n}」：条件：概{n}；金额：{n + 1}元" for n in range(count))
    yield "口径的组合", f"{HEAD}{readings}{BENEFIT}  金额：1元。\n  上浮10%：{every}。\n  上浮20%：贫困。\n"
    yield "口径定情形", f"{HEAD}{readings}{BENEFIT}{some.replace('；' + chr(10), '。' + chr(10))}。\n"
    either = "，且".join(f"（天数为{n}天或天数为{n + 1}天或贫困）" for n in range(min(size // 100, 300)))
    yield "且中的或", f"{HEAD}{BENEFIT}  金额：1元。\n  上浮10%：{either}。\n  上浮20%：残疾。\n"
    texts = "、".join(f"“工{n}”" for n in range(min(size // 12, 4000)))
    yield "长长的列举", f"{HEAD}概念「属」：工种属于{texts}。\n{BENEFIT}  条件：属。\n  金额：1元。\n"
    rows = "；".join(f"甲{n}{n + 1}元" for n in range(min(size // 20, 4000)))
    labels = "、".join(f"甲{n}" for n in range(min(size // 20, 4000)))
    yield "许多行的表", f"{HEAD}事实「类」：{labels}。\n表「标准」（类）：{rows}。\n"


PATTERNS: Final = (runs, nested, declared, in_a_benefit, expanding)


def every_text(size: int) -> Iterator[tuple[str, str]]:
    for pattern in PATTERNS:
        yield from pattern(size)


# --- files and paths -------------------------------------------------------------------------------------------


def _cycle(folder: Path) -> None:
    (folder / "政策.hyp").write_text(HEAD + "引用“甲.hyp”。\n", encoding="utf-8")
    (folder / "甲.hyp").write_text("引用“乙.hyp”。\n", encoding="utf-8")
    (folder / "乙.hyp").write_text("引用“甲.hyp”。\n引用“政策.hyp”。\n", encoding="utf-8")


def _outside(folder: Path) -> None:
    (folder.parent / "外.hyp").write_text("概念「外」：贫困。\n", encoding="utf-8")
    (folder / "下").mkdir()
    names = (
        "../外.hyp",
        "下/../../外.hyp",
        str(folder.parent / "外.hyp"),
        "..\\外.hyp",
        "/etc/passwd",
        "C:/外.hyp",
    )
    (folder / "政策.hyp").write_text(HEAD + "".join(f"引用“{n}”。\n" for n in names), encoding="utf-8")


def _links(folder: Path) -> None:
    (folder.parent / "外.hyp").write_text("概念「外」：贫困。\n", encoding="utf-8")
    (folder / "链.hyp").symlink_to(folder.parent / "外.hyp")
    (folder / "圈.hyp").symlink_to(folder / "圈.hyp")
    (folder / "零.hyp").symlink_to("/dev/zero")
    (folder / "下").symlink_to(folder.parent, target_is_directory=True)
    names = ("链.hyp", "圈.hyp", "零.hyp", "下/外.hyp")
    (folder / "政策.hyp").write_text(HEAD + "".join(f"引用“{n}”。\n" for n in names), encoding="utf-8")


def _linked_entry(folder: Path) -> None:
    (folder.parent / "外.hyp").write_text(HEAD, encoding="utf-8")
    (folder / "政策.hyp").symlink_to(folder.parent / "外.hyp")


def _odd_names(folder: Path) -> None:
    names = ("", ".", "..", "甲\0乙.hyp", "甲" * 300 + ".hyp", "下/", "~/甲.hyp", "CON", "甲.hyp/乙.hyp")
    (folder / "甲.hyp").mkdir()
    (folder / "政策.hyp").write_text(HEAD + "".join(f"引用“{n}”。\n" for n in names), encoding="utf-8")


def _many_files(folder: Path) -> None:
    count = 400
    (folder / "政策.hyp").write_text(
        HEAD + "".join(f"引用“{n}.hyp”。\n" for n in range(count)), encoding="utf-8"
    )
    for n in range(count):
        (folder / f"{n}.hyp").write_text(f"概念「概{n}」：贫困。\n", encoding="utf-8")


def _table(folder: Path, content: bytes) -> None:
    table = "表「目录」（工种）的「标准」（金额）：自2024年1月1日起取自“目录.csv”。\n"
    (folder / "政策.hyp").write_text(HEAD + table, encoding="utf-8")
    (folder / "目录.csv").write_bytes(content)


def _bytes(folder: Path, content: bytes) -> None:
    (folder / "政策.hyp").write_bytes(content)


FOLDERS: Final[dict[str, Callable[[Path], None]]] = {
    "循环引用": _cycle,
    "引到文件夹之外": _outside,
    "链接到文件夹之外": _links,
    "入口是链接": _linked_entry,
    "古怪的文件名": _odd_names,
    "四百个文件": _many_files,
    "入口是文件夹": lambda folder: (folder / "政策.hyp").mkdir(),
    "空文件": lambda folder: _bytes(folder, b""),
    "只有字节顺序标记": lambda folder: _bytes(folder, b"\xef\xbb\xbf"),
    "不是统一码": lambda folder: _bytes(folder, HEAD.encode("gb18030")),
    "半个字": lambda folder: _bytes(folder, HEAD.encode()[:-8] + b"\xe4\xb8"),
    "代理字": lambda folder: _bytes(folder, HEAD.encode() + b"\xed\xa0\x80"),
    "过长的编码": lambda folder: _bytes(folder, HEAD.encode() + b"\xc0\xaf\xf8\x88\x80\x80\x80"),
    "空字符": lambda folder: _bytes(folder, HEAD.replace("。", "\0。").encode()),
    "随便的字节": lambda folder: _bytes(folder, bytes(range(256)) * 4096),
    "超过一兆": lambda folder: _bytes(folder, HEAD.encode() + b"#" * (1 << 21)),
    "表是一行": lambda folder: _table(folder, b"a" * ((1 << 20) - 8)),
    "表是一格": lambda folder: _table(folder, '工种,标准\n"'.encode() + b"\n" * ((1 << 20) - 64) + b'"\n'),
    "表有许多列": lambda folder: _table(folder, "工种,标准".encode() + b",x" * 500_000 + b"\n"),
    "表没有列名": lambda folder: _table(folder, b",\n" * 500_000),
    "表的引号不成对": lambda folder: _table(folder, "工种,标准\n".encode() + b'"a\n' * 300_000),
}
