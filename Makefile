# 两条命令即可在新机器上使用：make demo 与 make test。只需 Python 3.11 以上、make、git。

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --quiet --disable-pip-version-check
PINNED := --constraint constraints.txt --build-constraint constraints.txt
POLICY := policies/hengyang-2019
DEMO := out/demo
REPLICATES := 100
PEERS := $(patsubst tests/bench/environments/%.txt,%,$(wildcard tests/bench/environments/*.txt))

# Where this is set, every process compiles all modules anew, which takes longer than most commands.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test cluster check reference docs bench properties agreement agreement-javascript workbook-check fuzz typos hostile mutation answer-time clean bench-simulation coverage margins

help:
	@echo "make demo    安装，检查衡阳市 2019 年规则，核定示例台账，写出公布用的网页，测算各年支出（几分钟）"
	@echo "make test    安装开发工具，运行全部测试，然后 make check"
	@echo "make cluster 在 Spark 上运行的测试：本机两个任务、各为进程的执行器、中途失去一个执行器；需要 Java 17"
	@echo "make check   代码风格、类型与模块依赖检查"
	@echo "make docs    写出本产品的说明网页 out/docs，有警告即失败"
	@echo "make reference  由代码写出 docs/reference 和语言说明中生成的部分"
	@echo "make bench   与其他系统比较速度，写出 docs/benchmarks.md；每天用的短测：make bench SIZES=200000 ROUNDS=1"
	@echo "make properties 修订、差异、目录的性质测试，多试几十倍（TIMES= 改倍数）"
	@echo "make agreement  用随机的政策核对整批计算与逐条计算（几小时；PLAIN=、COMPILED=、RECORDS= 改数目）"
	@echo "make agreement-javascript  用十万条随机的和边界上的记录核对网页试算与逐条计算（一小时；CASES= 改数目）"
	@echo "make workbook-check  用 LibreOffice 重算测算的工作簿，与程序的数逐分核对；没有时安装"
	@echo "make answer-time 在浏览器中量网页试算多久给出结果"
	@echo "make bench-simulation  模拟的速度：一千次、一百万人，写出 docs/benchmarks-simulation.md"
	@echo "make margins 两百张随机的表取整以后是否每个边际都精确，并与 humanleague 比较（约十分钟）"
	@echo "make coverage  四百个模拟的世界中，九成的区间是否包含真值（约十五分钟）"
	@echo "make fuzz    用随机的规则文件查找崩溃，默认十分钟：make fuzz MINUTES=10"
	@echo "make typos   逐处试过规则文件中的一字之误，列出没有人会发现的（约半小时）"
	@echo "make hostile 检查各种有意为难的规则文件，每种限五秒、512 MB"
	@echo "make mutation  改动 rules 与 check 的代码，抽查六百处，看测试能否发现，写出 docs/mutation.md（约半小时）；每天用的短测：make mutation SAMPLE=50 SEED=种子"
	@echo "make clean   删除虚拟环境、输出和缓存"

demo: $(VENV)/.installed
	@mkdir -p $(DEMO)
	$(RUN) -m hypolicy check $(POLICY)
	$(RUN) -m hypolicy decide $(POLICY) --data $(POLICY)/examples/records.csv \
		--out $(DEMO)/results.csv --totals $(DEMO)/totals.csv --payments $(DEMO)/payments.csv
	$(RUN) -m hypolicy docs $(POLICY) --out $(DEMO)/site
	$(RUN) -m hypolicy simulate $(POLICY)/scenarios/baseline.toml --out $(DEMO)/budget --replicates $(REPLICATES)
	@echo
	@echo "结果已写入 $(DEMO)："
	@echo "  results.csv   逐条核定结果：准予、不予、待定或不适用，附金额、理由和依据"
	@echo "  totals.csv    按年度、县市区、补贴项目和资金来源汇总"
	@echo "  payments.csv  按收款单位汇总的发放表"
	@echo "  site/index.html  公布用的网页，双击打开"
	@echo "  budget/report.html  各年支出的测算报告，双击打开"
	@echo "  budget/budget.xlsx  测算的工作簿，用 Excel、WPS 或者 LibreOffice 打开"

test: $(VENV)/.installed-dev $(VENV)/.browser
	$(RUN) -m pytest -n 2 --dist loadfile
	@$(MAKE) --no-print-directory check

check: $(VENV)/.installed-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	@$(MAKE) --no-print-directory docs

docs: $(VENV)/.installed
	$(RUN) docs/publish.py out/docs

reference: $(VENV)/.installed
	$(RUN) docs/generate.py

bench: $(VENV)/.installed-dev $(PEERS:%=.bench/%/.installed)
	$(RUN) tests/bench/run.py $(if $(SIZES),--sizes "$(SIZES)" --growth "$(SIZES)",--to docs/benchmarks.md) $(if $(ROUNDS),--rounds $(ROUNDS))

# Each system that hypolicy is measured against has an environment of its own, and none is needed otherwise.
.bench/%/.installed: tests/bench/environments/%.txt
	@echo "正在安装用于比较的系统：$*……"
	@$(PYTHON) -m venv --clear .bench/$*
	@.bench/$*/bin/python -m pip --quiet --disable-pip-version-check install --requirement $<
	@touch $@

# A session of Spark takes ten seconds to begin, and Java must be there, so its tests are not among those of make test;
# what its workers do is tested there without Spark (tests/cluster).
cluster: .bench/spark/.installed
	.bench/spark/bin/python -m pytest tests/spark

agreement: $(VENV)/.installed-dev
	nice $(RUN) tests/campaigns/agreement.py --plain $(or $(PLAIN),20000) --compiled $(or $(COMPILED),500) \
		--records $(or $(RECORDS),200000)

agreement-javascript: $(VENV)/.installed-dev
	nice $(RUN) tests/campaigns/calculator.py --cases $(or $(CASES),100000)

workbook-check: $(VENV)/.installed-dev
	@sh tests/simulation/install.sh
	$(RUN) -m pytest -n 0 tests/simulation/test_carriers.py -k libreoffice

answer-time: $(VENV)/.installed-dev $(VENV)/.browser
	$(RUN) tests/campaigns/answer_time.py

bench-simulation: $(VENV)/.installed-dev
	$(RUN) tests/bench/simulation.py --to docs/benchmarks-simulation.md

margins: $(VENV)/.installed-dev .bench/humanleague/.installed
	nice $(RUN) tests/campaigns/margins.py --tables $(or $(TABLES),200) --peer .bench/humanleague/bin/python

# humanleague is built from source, for which a C++ compiler must be there.
.bench/humanleague/.installed: tests/campaigns/environments/humanleague.txt
	@echo "正在安装用于比较的 humanleague……"
	@$(PYTHON) -m venv --clear .bench/humanleague
	@.bench/humanleague/bin/python -m pip --quiet --disable-pip-version-check install --requirement $<
	@touch $@

coverage: $(VENV)/.installed-dev
	nice $(RUN) tests/campaigns/coverage_of_intervals.py --worlds $(or $(WORLDS),400)

fuzz: .fuzz/.installed
	.fuzz/bin/python tests/campaigns/fuzz.py --minutes $(or $(MINUTES),10)

# The fuzzer has an environment of its own, so that no other command waits for it.
.fuzz/.installed: pyproject.toml constraints.txt | $(VENV)/.python
	@echo "正在安装模糊测试工具……"
	@$(PYTHON) -m venv --clear .fuzz
	@.fuzz/bin/python -m pip --quiet --disable-pip-version-check install --constraint constraints.txt --upgrade pip
	@.fuzz/bin/python -m pip --quiet --disable-pip-version-check install $(PINNED) --editable . --group fuzz
	@touch $@

properties: $(VENV)/.installed-dev
	HYPOLICY_THOROUGH=$(or $(TIMES),40) nice $(RUN) -m pytest -q tests/amendments tests/difference tests/rates

typos: $(VENV)/.installed-dev
	$(RUN) tests/typos/campaign.py --policy shenzhen-2024
	$(RUN) tests/typos/campaign.py --policy hengyang-2019

hostile: $(VENV)/.installed-dev
	$(RUN) tests/hostile/campaign.py

mutation: $(VENV)/.installed-dev
	@$(PIP) install $(PINNED) --group mutation
	nice $(RUN) tests/campaigns/mutation.py hypolicy/rules hypolicy/check --sample $(or $(SAMPLE),600) \
		--seed $(or $(SEED),1) --out out/mutation.json
	$(RUN) tests/campaigns/mutation_page.py out/mutation.json $(if $(SAMPLE),out/mutation.md,docs/mutation.md)

clean:
	rm -rf $(VENV) tests/browser/node_modules .bench .fuzz out dist build site .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say which pins are installed; an environment that lost them is made anew by the same two commands.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "需要 Python 3.11 以上版本；「$(PYTHON)」不存在或版本过低。请安装后重试，或指定：make PYTHON=python3.11 …" >&2; \
		exit 1; }
	@echo "正在建立运行环境 $(VENV)，首次约需一两分钟……"
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "未能建立运行环境。Debian、Ubuntu 系统请先安装 python3-venv。" >&2; exit 1; }
	@$(PIP) install --constraint constraints.txt --upgrade pip
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt hatch_build.py | $(VENV)/.python
	@$(PIP) install --constraint constraints.txt --upgrade pip
	@$(PIP) install $(PINNED) --editable '.[bulk,editor,site,simulation]'
	@touch $@

$(VENV)/.browser: tests/browser/install.sh tests/browser/package-lock.json | $(VENV)/.python
	@sh tests/browser/install.sh
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "正在安装开发工具……"
	@$(PIP) install $(PINNED) --group dev
	@touch $@
