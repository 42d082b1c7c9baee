"""Codes of mistakes in scenarios and simulation runs."""

from __future__ import annotations

from hypolicy.diagnostics.code import Code

SIMULATION_CODES: tuple[Code, ...] = (
    Code("HY710", "找不到情景文件「{path}」，或者不能读取。", "请给出情景文件（扩展名 .toml）。"),
    Code(
        "HY711",
        "情景文件的这里不合 TOML 的写法。",
        "每行写“键 = 值”，等号用半角；文字放在半角双引号内；中文的键也放在半角双引号内。",
    ),
    Code("HY712", "这里不能写「{name}」。", "可以写：{names}。"),
    Code("HY713", "缺少「{name}」。", "请补上这一项。"),
    Code("HY714", "「{name}」写得不对。", "应写{expected}。"),
    Code("HY715", "没有「{name}」这个名称，或者到这里还没有产生。", "到这里可用的名称：{names}。"),
    Code("HY716", "{where}「{name}」不能取「{label}」。", "可取：{labels}。"),
    Code("HY717", "{file} 缺少列：{columns}。", "请补上这些列；列名须一字不差。"),
    Code("HY718", "{file} {row}的「{column}」写得不对。", "{problem}。"),
    Code("HY719", "{file} 的{row}与{other}说的是同一种情形。", "请合并为一行。"),
    Code("HY720", "{file} 漏了这些组合：{cells}。", "一个也没有的，人数写 0。"),
    Code("HY721", "没有写明这些事实怎样产生：{names}。", "请用 dimension、attribute 或者一个步骤产生。"),
    Code("HY722", "「{name}」产生了两次。", "请只留一处。"),
    Code("HY727", "这一步须写且只写下列各项中的一项，现在是：{found}。", "可写：{names}。"),
    Code("HY728", "「{name}」应当是{expected}，这里是{found}。", "请换一个名称，或者改写取值。"),
    Code(
        "HY729",
        "维度「{name}」没有可以列举的取值。",
        "请用政策中的是否、枚举事实，或者用 labels 列出取值，用 labels_of 指明与哪个事实取值相同。",
    ),
    Code(
        "HY730",
        "「{name}」不能没有，而这一步只在 when 成立时产生它。",
        "请写 otherwise，说明其余情形取什么。",
    ),
    Code(
        "HY731",
        "{file} 应当只有一列月份（1 至 12），并且用在培训的步骤中。",
        "每月一行，写明权重；不办班的月份可以不写。",
    ),
    Code("HY732", "「{name}」不是政策中可以辨认学员的编号。", "可用的编号：{names}。"),
    Code("HY733", "「{name}」不是政策的事实，也没有别处用到。", "请删去这一步，或者改正名称。"),
    Code(
        "HY734",
        "各维度的组合超过 {limit} 种。",
        "请减少维度，改用 attribute；或者用 impossible 排除不可能的组合。",
    ),
    Code(
        "HY735",
        "没有安装 scipy，不能把人口化为整数。",
        "请运行：pip install 'hypolicy[simulation]'。",
    ),
    Code("HY736", "这些文件不能同时成立：{files}。", "变动人数最少的一种改法：{changes}。"),
    Code(
        "HY737",
        "{file} 要求“{cell}”中有 {wanted} 人为「{name}」，而这样的人一共只有 {found} 人。",
        "请核对人数，或者改小换算的比例。",
    ),
    Code(
        "HY738",
        "有 {count} 种组合没有任何文件说明人数，例如：{cell}。",
        "请加一个覆盖全部人的文件，或者用 impossible 排除。",
    ),
    Code(
        "HY740",
        "「{name}」写在人员的步骤中，不能有不确定的值。",
        "人口在各次模拟中相同；请把三个值写成一样，或者移到培训的步骤中。",
    ),
    Code(
        "HY739", "{file} 没有适用于下列情形的行：{cells}。", "请补上这些情形，或者用 impossible、when 排除。"
    ),
    Code("HY741", "不能建立或者使用文件夹「{path}」。", "请换一个文件夹，或者核对权限。"),
    Code("HY742", "文件夹「{path}」正被另一次运行使用。", "请等它结束，或者换一个文件夹。"),
    Code(
        "HY743", "「{path}」中没有完整的 run.json，不是一次完成的运行。", "请给出 simulate 写结果的文件夹。"
    ),
    Code("HY744", "运行记录中的 {file} 不见了。", "请找回这个文件，或者重新运行。"),
    Code("HY745", "{file} 与运行时不同。", "它被改动过；需要原来的结果时，请恢复原来的文件，重新运行。"),
    Code(
        "HY746",
        "用同样的输入再算一次，{file} 与记录不同。",
        "请核对程序和各个库的版本，见 run.json 的“版本”。",
    ),
    Code("HY747", "政策没有资金「{name}」。", "政策的资金：{names}。"),
    Code("HY748", "{file} 只能按这些列划分：{columns}。", "请删去其他的列，或者改正列名。"),
    Code(
        "HY750",
        "参数「{name}」即使为零，支出也有 {spent} 元，超过了 --budget。",
        "请提高 --budget，或者倒推另一个参数。",
    ),
    Code(
        "HY751",
        "参数「{name}」提高到原来的一百多倍，支出也只有 {spent} 元，没有达到 --budget。",
        "请降低 --budget，或者倒推另一个参数。",
    ),
    Code("HY752", "倒推参数「{name}」没有写支出的上限。", "请用 --budget 写明各年支出合计的上限。"),
    Code("HY753", "倒推资金「{name}」须增加多少，不写 --budget。", "请删去 --budget。"),
    Code("HY754", "没有可以倒推的「{name}」。", "可以倒推的参数：{names}。"),
    Code("HY755", "{file} 没有写这些名称取自哪一列：{names}。", "请给每一个补上一节 [[column]]。"),
    Code(
        "HY756", "{file} 没有「{column}」列，而「{name}」取自这一列。", "请核对 from 写的列名，须一字不差。"
    ),
    Code("HY757", "「{name}」不能没有，missing 不能写“空着”。", "请写报错、剔除，或者写填补和 fill。"),
    Code("HY758", "「{name}」是小数，现有记录中的小数还不能用于模拟。", "请用 decide 审定这些记录。"),
    Code("HY759", "{file} {places}：{problem}。", "请改正数据或者对照表，再运行一次。"),
    Code("HY760", "现有记录不用抽签，不能写 --replicates。", "请删去 --replicates。"),
)
