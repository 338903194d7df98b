# SPDX-License-Identifier: GPL-2.0-only
# Completion of hypsim and hypsim-check for bash: made by make.sh, which has put the table in.
IFS= read -r -d '' _hypsim_table <<'END'
@TABLE@
END

# Two tabs are two fields, which read would take for one.
_hypsim_table=${_hypsim_table//$'\t'/$'\x1f'}

# The row of WORD of COMMAND: _hypsim_value, _hypsim_sort, _hypsim_words.
_hypsim_row()
{
	local command word value sort words sentence

	while IFS=$'\x1f' read -r command word value sort words sentence; do
		[[ $command == "$1" && $word == "$2" ]] || continue
		_hypsim_value=$value _hypsim_sort=$sort _hypsim_words=$words
		return 0
	done <<<"$_hypsim_table"
	return 1
}

# All words of COMMAND that begin with START, with a = where a value must follow.
_hypsim_offer()
{
	local command word value rest

	while IFS=$'\x1f' read -r command word value rest; do
		[[ $command == "$1" && $word == "$2"* && $word != '*' ]] || continue
		[[ $word == --* && $value == must ]] && word=$word=
		COMPREPLY+=("$word")
	done <<<"$_hypsim_table"
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	compopt +o default 2>/dev/null
}

# What a value of the row can be that begins with START.  Nothing: readline offers files.
_hypsim_values()
{
	local before= word start=$1

	case $_hypsim_sort in
	file) return 0 ;;
	folder)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$start")
		return 0 ;;
	list)
		before=${start%"${start##*,}"}
		start=${start##*,} ;;
	esac
	for word in $_hypsim_words; do
		[[ $word == "$start"* ]] && COMPREPLY+=("$before$word")
	done
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	[[ $_hypsim_sort == either ]] || compopt +o default 2>/dev/null
	return 0
}

_hypsim()
{
	local line=${COMP_LINE:0:COMP_POINT} command= token last words end before cut=
	local _hypsim_value _hypsim_sort _hypsim_words

	COMPREPLY=()
	# Words as the program sees them: readline ends one at = and :, too.  A blank behind a backslash ends none.
	read -a words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=('')
	token=${words[-1]}
	unset 'words[-1]'
	if [[ ${words[0]##*/} == hypsim-check ]]; then
		words=(hypsim check "${words[@]:1}")
	fi
	last=${words[-1]}
	[[ ${words[1]-} == help ]] && words=(hypsim "${words[@]:2}")
	command=${words[1]-}
	[[ $command == log && ${#words[@]} -gt 2 ]] && command="log ${words[2]}"

	if [[ $token == --*=* ]]; then
		_hypsim_row "$command" "${token%%=*}" && _hypsim_values "${token#*=}" && [[ ${#COMPREPLY[@]} -gt 0 ]] &&
			COMPREPLY=("${COMPREPLY[@]/#/"${token%%=*}="}")
	elif [[ $last == -* ]] && _hypsim_row "$command" "$last" && [[ $_hypsim_value == must ]]; then
		_hypsim_values "$token"
	elif [[ $token == -* || $command == '' || $command == log ]]; then
		_hypsim_offer "$command" "$token"
	elif _hypsim_row "$command" '*'; then
		_hypsim_values "$token"
	fi
	# Readline completes what stands behind the last = or : only.
	for end in = :; do
		[[ $COMP_WORDBREAKS == *$end* && $token == *$end* ]] || continue
		before=${token%"${token##*$end}"}
		[[ ${#before} -le ${#cut} ]] || cut=$before
	done
	COMPREPLY=("${COMPREPLY[@]#"$cut"}")
	return 0
}
complete -o default -F _hypsim hypsim hypsim-check
