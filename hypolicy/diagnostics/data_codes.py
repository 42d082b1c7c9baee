"""Codes of mistakes in data files.

HY80x-HY82x reading a file · HY83x writing one · HY84x its columns.

No sentence ever holds a value of a record.
"""

from __future__ import annotations

from hypolicy.diagnostics.code import Code

DATA_CODES: tuple[Code, ...] = (
    Code("HY801", "找不到数据文件 {file}。", "请核对文件名和所在文件夹。"),
    Code("HY802", "{file} 不是普通文件（可能是文件夹），无法作为数据读写。", "请给出一个具体的数据文件。"),
    Code("HY803", "无法读取 {file}：{reason}。", "请核对文件的权限；文件正在别的程序中打开时，先将其关闭。"),
    Code("HY804", "不支持 {file} 的扩展名。", "可用的扩展名：{suffixes}。旧式的 .xls 请先另存为 .xlsx。"),
    Code("HY805", "{file} 是空文件。", "第一行须写明列名，其后每行一条记录。"),
    Code(
        "HY806",
        "{file} 不是 UTF-8 编码；如由 Excel 另存而来，请加 --encoding gb18030 再试。",
        "也可在 Excel 中另存为「CSV UTF-8（逗号分隔）」。",
    ),
    Code(
        "HY807",
        "{file} 不是 GB18030 编码；请去掉 --encoding gb18030 再试。",
        "不指定编码时按 UTF-8 读取。",
    ),
    Code("HY808", "不认识编码「{encoding}」。", "可用的编码：utf-8（默认）、gb18030。"),
    Code(
        "HY809",
        "{file} 含有空字符（NUL），不是文本文件，或采用了 UTF-16 编码。",
        "请另存为「CSV UTF-8（逗号分隔）」。",
    ),
    Code(
        "HY810",
        "{file} {row}的引号不成对或位置不对。",
        "含逗号、换行或引号的内容须整格放在英文双引号内，其中的引号写两个。",
    ),
    Code(
        "HY811",
        "{file} 第一行有{expected}列，而下列{count}行的列数与其不符：{rows}。",
        "请检查这些行是否多写、漏写了英文逗号；内容里的逗号须放在英文双引号内。",
    ),
    Code("HY812", "{file} 有重复的列名：{columns}。", "每个列名只能出现一次，请改名或删去多余的列。"),
    Code("HY813", "{file} 的第一行没有列名。", "第一行须写明列名，上方不要留空行或标题。"),
    Code("HY814", "{file} 不是完好的 Parquet 文件。", "请重新导出该文件。"),
    Code("HY815", "{file} 不是完好的 JSON 文件{where}。", "请重新导出该文件。"),
    Code(
        "HY816",
        "{file} 的内容须是一组记录，每条记录是一个 JSON 对象{where}。",
        '请写作 [{{"列名": 值}}, …]，或在 .jsonl 文件中每行一个对象。',
    ),
    Code(
        "HY817",
        "{file} 的{row}有重复的列名。",
        "同一条记录中，每个列名只能出现一次。",
    ),
    Code(
        "HY818",
        "{file} 的下列列里有嵌套的内容（数组或对象）：{columns}。",
        "每一格只能是文本、数、true、false 或 null。",
    ),
    Code(
        "HY819",
        "{file} 不是完好的 XLSX 工作簿。",
        "请在 Excel 或 WPS 中打开并另存为 .xlsx；设有打开密码的，先取消密码。",
    ),
    Code(
        "HY820",
        "{file} 解压后过大（上限{limit}MiB、{ratio}倍、{cells}格），没有打开。",
        "请删去多余的工作表和空白行列，或改用 CSV、Parquet。",
    ),
    Code(
        "HY821",
        "{file} 的{places}无法使用：{problem}。",
        "请改正后再试。",
    ),
    Code(
        "HY822",
        "{file} 的第一行没有用英文逗号分隔列名。",
        "请另存为「CSV UTF-8（逗号分隔）」；不要用分号、制表符或中文逗号分隔。",
    ),
    Code(
        "HY823",
        "{file} 的工作表「{sheet}」中有公式没有计算结果。",
        "请在 Excel 或 WPS 中打开，等公式算出后保存，再重新读取。",
    ),
    Code("HY830", "无法写出 {file}：文件夹不存在。", "请先建立该文件夹。"),
    Code(
        "HY831",
        "无法写出 {file}：{reason}。",
        "原有文件未被改动。请核对权限和磁盘空间；文件正在 Excel 或 WPS 中打开时，先将其关闭。",
    ),
    Code(
        "HY832",
        "{file} 放不进 XLSX：{what}。",
        "请改用 .csv 或 .parquet。",
    ),
    Code("HY840", "{file} 缺少{count}列：{columns}。", "请补上这些列{similar}；列名须一字不差。"),
    Code(
        "HY841",
        "{file} 的第一行不是列名，或这不是所需的数据表：需要的{count}列一列也没有。",
        "第一行须写明列名：{columns}。",
    ),
    Code("HY864", "文件夹 {path} 里没有数据文件。", "可用的扩展名：{suffixes}。"),
    Code("HY865", "数据文件 {file} 给出了两次。", "每个文件只能给出一次，请删去重复的 --data。"),
    Code(
        "HY866",
        "{file} 里有列：{columns}，而它所在文件夹的名称里也有。",
        "列或者写在文件里，或者写在文件夹的名称里，请删去一处。",
    ),
    Code("HY867", "{file} 在审定过程中被改动，没有写任何结果。", "请等写入这个文件的程序结束后再运行。"),
)
