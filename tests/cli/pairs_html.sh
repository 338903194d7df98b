# SPDX-License-Identifier: GPL-2.0-only
# hypsim explore --pairs --html: the page has each cell of the matrix and the data of --json, and asks for nothing from elsewhere.
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
