"""Codes of what a policy means well enough, but cannot be compiled to run over columns."""

from __future__ import annotations

from hypolicy.diagnostics.code import Code

COMPILE_CODES: tuple[Code, ...] = (
    Code(
        "HY850",
        "补贴「{name}」的“{words}”可能达到{digits}位数，超出整批计算保证精确的范围（2的62次方）。",
        "请写一条校验限制所用事实的大小，例如「校验「课时太多」：课时不超过1000课时。」。",
    ),
    Code(
        "HY851",
        "补贴「{name}」的条件和情形太多，不予的理由有多少种组合，整批计算已经编不下。",
        "请把几个条件归并为一个概念，或者把各情形分成几项补贴。",
    ),
    Code(
        "HY852",
        "补贴「{name}」的“{words}”用查表得到的文字作另一张表的键，不能整批计算。",
        "请把两张表合成一张。",
    ),
    Code(
        "HY853",
        "补贴「{name}」的修订 {number} 规定新旧衔接取有利，跨期的记录两版规则都要算，不能整批计算。",
        "请逐条精确计算。",
    ),
    Code(
        "HY854",
        "没有安装 Numba，不能编译成机器代码运行。",
        "请安装：pip install 'hypolicy[bulk]'。",
    ),
)
