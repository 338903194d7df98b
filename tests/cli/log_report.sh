# SPDX-License-Identifier: GPL-2.0-only
# hypsim log report: what the page of a log says is what the other commands say of it, and no text of it is a tag.  In full (tests/long.txt) a browser
# draws the page, zooms, filters and answers clicks.
. "$SOURCE/tests/cli/kit.inc"

log=$SOURCE/tests/data/questions.hlog
expect 0 "report" "$HYPSIM" log report "$log" "$dir/page.html"
says err "page.html: events 0 to 13708 of 13709, "
# With an index it is the same page; one that is given is made.
expect 0 "with an index" "$HYPSIM" log report --index "$dir/hidx" "$log" "$dir/indexed.html"
[ -s "$dir/hidx" ] || fail "no index"
expect 0 "without" "$HYPSIM" log report --index none "$log" "$dir/page.html"
cmp -s "$dir/page.html" "$dir/indexed.html" || fail "the page differs with an index"
"$HYPSIM" log export --sqlite "$dir/db" "$log" 2>"$dir/export"
"$HYPSIM" log locks --top 20 "$log" >"$dir/locks"
"$HYPSIM" log waits --top 5 "$log" >"$dir/waits"

# page FILE PYTHON: $page, the text of its parts and what it draws, in python.
page()
{
	python3 - "$@" <<'EOF'
import html, json, re, sqlite3, sys
page = open(sys.argv[1]).read()
folder = sys.argv[2]
text = {t: html.unescape(p) for t, p in re.findall(r"<h2>([^<]*)</h2>\n<pre>(.*?)</pre>", page, re.S)}
drawn = json.loads(re.search(r'id="timeline">(.*?)</script>', page, re.S)[1].replace("\\u003c", "<"))
part = re.search(r'<p id="part">(.*?)</p>', page)[1]
ops, locked, marks, names = drawn["ops"], drawn["locked"], drawn["marks"], drawn["names"]
for cpu, depth, name, begin, end, at, to in ops:
    assert cpu < drawn["cpus"] and depth < 2 and names[name] and begin <= end and at <= to, (cpu, name)
for cpu, lock, name, asked, got, gone, a, b, c in locked:
    assert cpu < drawn["cpus"] and drawn["locks"][lock] and names[name], (cpu, lock)
    assert asked <= got <= gone and a <= b <= c, (cpu, lock, a, b, c)
assert len(page) < 8000000 and "http" not in re.sub(r"http-equiv", "", page)
exec(sys.argv[3])
EOF
}
page "$dir/page.html" "$dir" '
db = sqlite3.connect(folder + "/db")
one = lambda q: db.execute(q).fetchone()[0]
assert text["Locks"] == open(folder + "/locks").read(), text["Locks"]
assert text["Longest waits"] == open(folder + "/waits").read()
assert ": 13709 events: ok\n" in text["Verdict"]
assert part == "The timeline has events 0 to 13708 of 13709.", part
assert len([o for o in ops if o[1] == 0]) == one("select count(*) from operations where kind = \"work\"")
assert len([o for o in ops if o[1] == 1]) == one("select count(*) from operations where kind = \"atomic\"")
assert sorted((l[0], drawn["locks"][l[1]], l[6], l[7], l[8]) for l in locked if l[7] < l[8])[:50] == \
    db.execute("select cpu, lock, asked, got, released from sections where released order by 1, 2, 3, 4, 5 limit 50").fetchall()
assert len([l for l in locked if l[3] < l[4] and l[4] < l[5]]) >= one("select count(distinct section) from waits")
w = [l for l in locked if l[6] == 1650][0]
assert w[4] - w[3] == 335443 and names[w[2]] == "assign_pfn_to_vm in verify_vm_image" and drawn["locks"][w[1]] == "S2PAGE", w
assert [m[1] for m in marks if m[3] == 2198] == ["panic PANIC_CALL_ARGUMENTS"], marks
assert len([m for m in marks if m[1].startswith("episode")]) == 5
' || fail "report: other contents"

# A part: what began before and what ends behind are in it.
expect 0 "part" "$HYPSIM" log report --from 1640 --to 1660 "$log" "$dir/part.html"
page "$dir/part.html" "$dir" '
assert part == "The timeline has events 1640 to 1660 of 13709; the others are left out (hypsim log report --from I --to I).", part
assert any(l[6] == 1513 and l[3] < l[4] == l[5] for l in locked), "the wait of CPU 0"
assert any(l[6] == 1650 and l[4] == l[5] for l in locked), "the wait of CPU 1"
assert any(drawn["locks"][l[1]] == "INFO:3" and l[7] == 1105 and l[3] == l[4] == 0 for l in locked), "what CPU 1 has"
assert {o[0] for o in ops if o[1] == 0} == {0, 1, 2, 3}
' || fail "part: other contents"

# A log in which something is found: its status, its sentence, its place; without timestamps an event is a unit of time.
bad=$(grep -l "^# expect: Q_HOLD_EARLY" "$SOURCE"/tests/logs/bad/*.log | head -n 1)
cp "$bad" "$dir/<b>&.log"
expect 1 "found" "$HYPSIM" log report "$dir/<b>&.log" "$dir/bad.html"
grep -q "&#60;b&#62;&#38;.log</h1>" "$dir/bad.html" || fail "found: the file's name is a tag"
grep -q "<b>" "$dir/bad.html" && fail "found: a tag of the file's name"
page "$dir/bad.html" "$dir" '
assert "VIOLATION" in text["Verdict"] and "Q_HOLD_EARLY" in text["Verdict"]
assert drawn["unit"] == "events" and "The first finding is at event " in part, part
' || fail "found: other contents"

# Nothing is left where the page cannot be, and what was there stays.
expect 2 "nowhere" "$HYPSIM" log report "$log" "$dir/no/page.html"
printf 'mine\n' >"$dir/mine"
expect 2 "no log" "$HYPSIM" log report "$dir/gone" "$dir/mine"
[ "$(cat "$dir/mine")" = mine ] || fail "no log: the page's place is not as it was"
expect 2 "one file" "$HYPSIM" log report "$log"
says err "OUT is missing"

# In a browser: what is drawn, in how long; what a filter dims; what a click, a key and a button do.
if [ "$test_form" = full ]; then
	cat >"$dir/try" <<'EOF'
<script>
const said = {};
const pixels = () => new Uint32Array(g.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
const red = 0xff3333dd;
said.lanes = lanes.map(l => l.label).filter(l => l).join(' ');
said.waits = pixels().some(p => p === red);
filter('el2_alloc_smmu_pgd'); draw();
said.dimmed = !pixels().some(p => p === red);
filter(''); draw();
const wait = lanes.flatMap(l => l.bars).find(b => b.kind === 'wait' && b.from === 1650);
view(wait.begin - 50000, wait.end + 50000);
const x = (xOf(wait.begin) + xOf(wait.end)) / 2, y = TOP + wait.lane * ROW + ROW / 2, at = canvas.getBoundingClientRect();
for (const t of ['mousedown', 'mouseup']) canvas.dispatchEvent(new MouseEvent(t, { clientX: at.left + x, clientY: at.top + y }));
said.bar = document.getElementById('bar').textContent;
const before = [from, to];
canvas.dispatchEvent(new KeyboardEvent('keydown', { key: '+' }));
said.zoomed = to - from < before[1] - before[0];
document.getElementById('whole').click();
said.whole = from === first && to === last;
said.ms = Number(canvas.dataset.ms);
const p = document.createElement('pre'); p.id = 'said'; p.textContent = JSON.stringify(said); document.body.appendChild(p);
</script>
</body>
EOF
	sed "/<\/body>/{
		r $dir/try
		d
	}" "$dir/page.html" >"$dir/tried.html"
	expect 0 "browser" chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$dir/browser" --window-size=1300,900 --dump-dom "file://$dir/tried.html"
	python3 - "$dir/out" <<'EOF' || fail "browser: it drew or answered something else"
import html, json, re, sys
said = json.loads(html.unescape(re.search(r'<pre id="said">(.*?)</pre>', open(sys.argv[1]).read(), re.S)[1]))
assert said["lanes"].startswith("CPU 0 CPU 1 CPU 2 CPU 3 SMMU NPT:0 S2PAGE"), said
assert said["waits"] and said["dimmed"] and said["zoomed"] and said["whole"], said
assert said["bar"].startswith("wait of CPU 1: waits for S2PAGE, in assign_pfn_to_vm in verify_vm_image; "), said
assert "events 1650 to 1775\nbefore: " in said["bar"] and "\nbehind: section of CPU 1: S2PAGE" in said["bar"], said
assert "CPU 3   ioremap 0x4 " in said["bar"] and "; holds INFO:4; waits for S2PAGE" in said["bar"], said
assert "hypsim log show --from 1650 --to 1775 LOG" in said["bar"], said
EOF
fi
finish
