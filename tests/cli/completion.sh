# SPDX-License-Identifier: GPL-2.0-only
# Completion in bash: each command and each option of --help is offered, words that are offered are taken by the program, and files
# complete at a real prompt.  In full (tests/long.txt) in zsh, too.
. "$SOURCE/tests/cli/kit.inc"

expect 0 "make" sh "$SOURCE/cmake/completion/make.sh" "$HYPSIM" "$dir/share"
bash=$dir/share/bash-completion/completions/hypsim
zsh=$dir/share/zsh/site-functions

expect 0 "bash" python3 -B "$SOURCE/tests/completion/offered.py" bash "$bash" "$HYPSIM" "$HYPSIM_CHECK"
says out " commands, 0 wrong"
expect 0 "words" python3 -B "$SOURCE/tests/completion/taken.py" "$bash" "$HYPSIM"
says out ", 0 refused"
expect 0 "prompt" python3 -B "$SOURCE/tests/completion/prompt.py" "$bash" "$dir"

# An option that is gone from the table, and a word that the program does not know.
grep -v "^log show	--follow" "$bash" >"$dir/less"
expect 1 "an option less" python3 -B "$SOURCE/tests/completion/offered.py" bash "$dir/less" "$HYPSIM" "$HYPSIM_CHECK"
says out "log show: --follow"
sed 's/ pthread/ pthreads/' "$bash" >"$dir/other"
expect 1 "a word too many" python3 -B "$SOURCE/tests/completion/taken.py" "$dir/other" "$HYPSIM" replay
says out "replay --vehicle=pthreads"

if [ "$test_form" = full ]; then
	expect 0 "zsh" python3 -B "$SOURCE/tests/completion/offered.py" zsh "$zsh" "$HYPSIM" "$HYPSIM_CHECK"
	says out " commands, 0 wrong"
	mkdir "$dir/less.zsh"
	grep -v "^log show	--follow" "$zsh/_hypsim" >"$dir/less.zsh/_hypsim"
	expect 1 "an option less" python3 -B "$SOURCE/tests/completion/offered.py" zsh "$dir/less.zsh" "$HYPSIM" "$HYPSIM_CHECK"
	says out "log show: --follow"
fi
finish
