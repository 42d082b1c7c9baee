"""Codes of mistakes on the command line."""

from __future__ import annotations

from hypolicy.diagnostics.code import Code

COMMAND_CODES: tuple[Code, ...] = (
    Code(
        "HY890",
        "用例「{case}」的结果与应得不同：{item}应得{expected}，结果{got}。",
        "有用例不通过，不能公布。请用 hypolicy test 核对规则和用例。",
    ),
    Code("HY891", "「{path}」不是空的，也不是本命令写出的文件夹。", "请换一个文件夹，以免覆盖其他文件。"),
    Code(
        "HY892",
        "没有安装写网页所需的组件（{missing}）。",
        '请运行 pip install "hypolicy[site]"，源码目录中运行 make demo。',
    ),
    Code("HY893", "「{path}」不能写入：{reason}。", "请核对路径和权限，或者换一个文件夹。"),
    Code(
        "HY894",
        "找不到 Chromium（{names}），不能写 PDF。",
        "请安装 Chromium，或者用环境变量 HYPOLICY_CHROMIUM 指明它的位置。",
    ),
    Code(
        "HY895", "Chromium（{browser}）没有写出 PDF。", "请试着打开网页直接打印；换一个版本的 Chromium 再试。"
    ),
    Code("HY896", "「{path}」不是 simulate 写出的结果。", "请给出有 run.json 的结果文件夹。"),
    Code("HY897", "「{path}」是用另外的规则模拟的：「{file}」与现在的不同。", "请用现在的规则重新模拟。"),
    Code("HY898", "「{path}」中的「{file}」与 run.json 的记录不符。", "结果改动过或者不完整，请重新模拟。"),
    Code("HY901", "找不到政策文件夹「{path}」。", "请给出含有「政策.hyp」的文件夹。"),
    Code("HY902", "选项 {option} 的写法「{value}」不对。", "应写成「名称=值」，例如 {example}。"),
    Code("HY903", "没有口径「{name}」。", "可用的口径：{names}。"),
    Code("HY904", "口径「{name}」没有选项「{option}」。", "可选：{options}。"),
    Code("HY905", "口径「{name}」是固定的，不能改选。", "它的理由写在规则文件中。"),
    Code("HY906", "没有参数「{name}」。", "可用的参数：{names}。"),
    Code("HY907", "参数「{name}」的值「{value}」读不出来。", "请写成{unit}的数量，例如 {example}。"),
    Code("HY908", "没有表「{name}」。", "可用的表：{names}。"),
    Code("HY909", "选项 {option} 把「{name}」写了两次。", "请只写一次。"),
    Code("HY910", "没有记录「{name}」。", "可用的记录：{names}。"),
    Code(
        "HY911",
        "记录编号同时出现在本次数据和 --history 台账中，共 {count} 条：{rows}。",
        "已经享受的记录不能再次审定。",
    ),
    Code("HY912", "政策没有台账，不能使用 {option}。", "请去掉这个选项。"),
    Code("HY913", "两个输出写到同一个文件「{path}」。", "请给每个输出一个不同的文件名。"),
    Code("HY914", "输出文件「{path}」就是输入文件。", "请换一个文件名，以免覆盖数据。"),
    Code(
        "HY915",
        "参数的新值会使补贴「{name}」的金额不是整分，规则没有写怎样取整。",
        "请换一个值，或者先在规则中写明取整，例如「取整到分，四舍五入。」。",
    ),
    Code(
        "HY916", "记录「{record}」没有补贴，不能使用 {options}。", "请去掉；核查和测算的结果用 --out 写出。"
    ),
    Code(
        "HY917",
        "参数「{name}」要由{authority}规定，还没有规定。",
        "请在规则文件中写「落实「{name}」：自…起…。」，或者用 --set {name}=值 试算。",
    ),
    Code("HY918", "参数「{name}」的值「{value}」超出了规定的限度。", "限度是{bound}。"),
    Code("HY921", "{file} 中没有{key}为「{value}」的记录。", "请核对编号，须一字不差。"),
    Code("HY922", "政策没有补贴「{name}」。", "可用的补贴：{names}。"),
    Code("HY931", "没有安装 Spark 所需的组件。", "请运行 pip install 'hypolicy[spark]'，并安装 Java 17。"),
    Code("HY932", "Spark 没有启动（{reason}）。", "请检查 Java 17 是否装好、--master 是否写对。"),
    Code(
        "HY933",
        "{data} 只能用 --engine spark 读取，不能与本机的文件混在一起。",
        "请加上 --engine spark，并把数据都写成地址。",
    ),
    Code("HY934", "Spark 只读取 Parquet，{file} 不是。", "请先转成 Parquet，或者不用 --engine spark。"),
    Code(
        "HY935",
        "{path} 不能作为 Spark 的逐条结果：要写成一个还不存在的文件夹，名称以 .parquet 结尾。",
        "请换一个名称；其中的文件按名称排列就是数据的次序。",
    ),
    Code("HY930", "--memory 的值「{value}」读不出来，或者太小。", "请写成 600M、4G 的样子，不小于{least}。"),
    Code("HY936", "找不到修订文件「{path}」。", "请核对文件名；修订文件通常在政策的“修订”文件夹中。"),
    Code("HY937", "修订「{number}」已经废止，没有计入。", "请去掉这个 --amendment。", True),
    Code("HY938", "日期「{value}」读不出来。", "请写成 2020-07-01 或者 2020年7月1日。"),
    Code("HY939", "没有条款「{name}」。", "请核对条款号，如“六（三）”。"),
    Code(
        "HY940",
        "只给了一个政策文件夹，没有和它比较的。",
        "请再给一个文件夹，或者用 --amendment 写一个修订文件，与没有这件修订时比较。",
    ),
    Code(
        "HY941",
        "政策没有取自文件的表。",
        "只有取自 .csv 文件的表可以导出和读回；直接写在规则文件中的标准用修订修改。",
    ),
    Code("HY942", "{what}，不知道是哪一张。", "请用 --table 写明；取自文件的表：{names}。"),
    Code("HY943", "{file} 中没有工作表「{sheet}」。", "请把工作表改名为表的名称；现有：{names}。"),
    Code("HY944", "{file} 的工作表「{sheet}」是隐藏的。", "请取消隐藏，看过以后再读回。"),
    Code(
        "HY945",
        "{file} 的工作表「{sheet}」中没有写着列名的一行，缺少{columns}。",
        "第一行写列名，与表的键和列一字不差；可以先用 hypolicy rates export 导出一份。",
    ),
    Code("HY946", "工作表「{sheet}」的列名有重复：{columns}。", "请只留一列。"),
    Code("HY947", "没有写依据，不能写入：缺少 {options}。", "请用 --number 写文号，用 --rank 写位阶。"),
    Code("HY949", "取自文件的表在{day}没有施行的一版。", "请核对日期。"),
    Code(
        "HY961",
        "没有安装编辑器服务所需的组件（{missing}）。",
        '请运行 pip install "hypolicy[editor]"，源码目录中运行 make demo。',
    ),
    Code("HY948", "已经有「{path}」。", "同一天只能有一件；要重写，请先删去这件草案和它的 .csv 文件。"),
)
