# SPDX-License-Identifier: GPL-2.0-only
# hypsim explore --pairs --html: the page has each cell of the matrix and the data of --json, and asks for nothing from elsewhere.  In full
# (tests/long.txt) a browser paints it, and a click on a cell opens its outcomes and schedules.
. "$SOURCE/tests/cli/kit.inc"

page=$dir/page.html
expect 0 "a part of the matrix" "$HYPSIM" explore --pairs --errata intended --only register_kvm --only run --only irq --only fault --json --html "$page"
mv "$dir/out" "$dir/matrix"
expect 0 "its page" python3 "$SOURCE/tests/pages/pairs.py" "$page" "$dir/matrix"
says out "10 cells, 0 wrong"
expect 0 "another outcome" "$HYPSIM" explore --pairs --errata intended --erratum grant-two-sections=published --only grant --only run_block --executions 520 --json --html "$page"
mv "$dir/out" "$dir/matrix"
expect 0 "its page" python3 "$SOURCE/tests/pages/pairs.py" "$page" "$dir/matrix"
says out "3 cells, 0 wrong"
# In a browser: each cell is painted in the colour of its class and answers a click; the place behind # opens one.
browse() {
	expect 0 "browser" chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$dir/browser" --window-size=1300,900 --virtual-time-budget=10000 --run-all-compositor-stages-before-draw \
		--dump-dom "file://$1"
}
if [ "$test_form" = full ]; then
	cat >"$dir/try" <<'EOF'
<script>
const said = { before: panel.textContent, painted: [], cells: [] };
for (const b of document.querySelectorAll('button[data-cell]')) {
  const at = b.getBoundingClientRect();
  document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2).dispatchEvent(new MouseEvent('click', { bubbles: true }));
  said.cells.push({
    title: panel.querySelector('h2').textContent, colour: getComputedStyle(b).backgroundColor, open: b.classList.contains('open'), hash: location.hash,
    rows: [...panel.querySelectorAll('table.outcomes tr')].map(r => [...r.querySelectorAll('td')].map(d => d.textContent)).filter(r => r.length),
    scopes: [...panel.querySelectorAll('details pre')].map(p => p.textContent) });
}
said.open = document.querySelectorAll('button.open').length;
let looks = 0;
const looking = setInterval(() => {
  said.painted = performance.getEntriesByType('paint').map(e => e.name);
  if (!said.painted.length && ++looks < 100) return;
  clearInterval(looking);
  const p = document.createElement('pre'); p.id = 'said'; p.textContent = JSON.stringify(said); document.body.appendChild(p);
}, 50);
</script>
</body>
EOF
	sed "/^<\/body>/{
		r $dir/try
		d
	}" "$page" >"$dir/tried.html"
	browse "$dir/tried.html"
	python3 - "$dir/out" "$dir/matrix" <<'EOF' || fail "browser: it painted or opened something else"
import html, json, re, sys
said = json.loads(html.unescape(re.search(r'<pre id="said">(.*?)</pre>', open(sys.argv[1]).read(), re.S)[1]))
cells = json.load(open(sys.argv[2]))["cells"]
assert said["before"] == "" and said["open"] == 1 and "first-paint" in said["painted"], said
assert len(said["cells"]) == len(cells) == 3, said
steps = lambda s: " ".join(f"{cpu} ({n})" if n > 1 else str(cpu) for cpu, n in s)
for i, (got, cell) in enumerate(zip(said["cells"], cells)):
    assert got["title"] == f"{cell['a']} x {cell['b']}: {cell['class']}" and got["open"] and got["hash"] == f"#{i}", got
    outcomes = [o for s in cell["starts"] for o in s["outcomes"]]
    assert [r[-1] for r in got["rows"]] == [steps(o["schedule"]) for o in outcomes], got
    assert [r[-3] for r in got["rows"]] == [str(o["executions"]) for o in outcomes], got
    assert got["scopes"] == [s["scope"] for s in cell["starts"]], got
colours = {cell["class"]: got["colour"] for got, cell in zip(said["cells"], cells)}
assert len(colours) == len(set(colours.values())) > 1, colours
EOF
	browse "$page#2"
	grep -q 'data-cell="2" class="[^"]* open"' "$dir/out" || fail "browser: #2 opens nothing"
fi

# Beside the letters on standard output it is a page all the same.
expect 0 "with letters" "$HYPSIM" explore --pairs --only register_kvm --html "$page"
says out "1 cells of 1 entry operations"
# The script of the page is read as data by nobody; that the test looks is shown by a page that is changed.
sed 's/data-cell="0"/data-cell="7"/' "$page" >"$dir/changed"
"$HYPSIM" explore --pairs --only register_kvm --json >"$dir/matrix"
expect 1 "a cell that is gone" python3 "$SOURCE/tests/pages/pairs.py" "$dir/changed" "$dir/matrix"
sed 's/<h1>/<img src="x"><h1>/' "$page" >"$dir/changed"
expect 1 "an image" python3 "$SOURCE/tests/pages/pairs.py" "$dir/changed" "$dir/matrix"

expect 2 "without --pairs" "$HYPSIM" explore lock --html "$page"
says err "--html"
cp "$page" "$dir/kept"
expect 2 "no directory" "$HYPSIM" explore --pairs --only register_kvm --html "$dir/no/such"
cmp "$page" "$dir/kept" || fail "the page is gone"
expect 3 "a full disk" "$HYPSIM" explore --pairs --only register_kvm --html /dev/full
finish
