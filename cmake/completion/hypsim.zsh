#compdef hypsim hypsim-check
# SPDX-License-Identifier: GPL-2.0-only
# Completion of hypsim and hypsim-check for zsh: made by make.sh, which has put the table in.
local table line command spec sentence
local -a fields specs names

IFS= read -r -d '' table <<'END'
@TABLE@
END

# What 'hypsim help' is asked about is completed as if it stood alone.
if [[ ${words[2]:-} == help ]] && (( CURRENT > 2 )); then
	words=("${words[1]}" "${(@)words[3,-1]}")
	(( CURRENT -= 1 ))
fi
command=${words[2]:-}
(( CURRENT > 2 )) || command=
[[ ${service:t} == hypsim-check ]] && command=check
if [[ $command == log ]] && (( CURRENT > 3 )); then
	command="log ${words[3]}"
fi

# What completes a value of the sort $1, of the words $2.
_hypsim_action()
{
	local -a all=(${=2})

	case $1 in
	words) REPLY="(${${(j: :)all}//:/\\:})" ;;
	list) REPLY="_sequence compadd - ${${(j: :)all}//:/\\:}" ;;
	file) REPLY=_files ;;
	folder) REPLY='_files -/' ;;
	either) REPLY="_alternative 'words\\:word\\:(${(j: :)all})' 'files\\:file\\:_files'" ;;
	*) REPLY=' ' ;;
	esac
}

if [[ $command == '' || $command == log ]]; then
	for line in ${(f)table}; do
		fields=("${(@ps:\t:)line}")
		[[ ${fields[1]} == $command && ${fields[2]} != '*' ]] || continue
		names+=("${fields[2]}:${fields[6]}")
	done
	_describe -t commands command names
	return
fi
# The command's name is no argument.
local n=1
[[ $command == log\ * ]] && n=2
[[ ${service:t} == hypsim-check ]] && n=0
words=("${words[1]}" "${(@)words[2+n,-1]}")
(( CURRENT -= n ))
for line in ${(f)table}; do
	fields=("${(@ps:\t:)line}")
	[[ ${fields[1]} == $command ]] || continue
	_hypsim_action "${fields[4]}" "${fields[5]}"
	sentence=${${${fields[6]//\[/(}//\]/)}//:/\\:}
	spec="${fields[2]}"
	case ${fields[2]} in
	'*') specs+=("*:argument:$REPLY") && continue ;;
	--*) [[ ${fields[3]} == no ]] || spec+='=' ;;
	*) [[ ${fields[3]} == must ]] && spec+='+' ;;
	esac
	spec="*${spec}[$sentence]"
	[[ ${fields[3]} == must ]] && spec+=":value:$REPLY"
	[[ ${fields[3]} == may ]] && spec+="::value:$REPLY"
	specs+=("$spec")
done
_arguments -s -S : $specs
