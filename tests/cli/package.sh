# SPDX-License-Identifier: GPL-2.0-only
# cpack -G DEB: the Debian package has the programs, a compressed page for man of each command, completions, and what Debian asks of a package; it
# depends on the libraries of the programs.  In full (tests/long.txt) lintian finds no error in it, and its program runs.
. "$SOURCE/tests/cli/kit.inc"

expect 0 "cpack" env SOURCE_DATE_EPOCH=1700000000 cpack -G DEB --config "$BUILD/CPackConfig.cmake" -B "$dir/packed"
deb=$(ls "$dir"/packed/*.deb)
root=$dir/root
expect 0 "contents" dpkg-deb -x "$deb" "$root"
for f in bin/hypsim bin/hypsim-check share/bash-completion/completions/hypsim share/bash-completion/completions/hypsim-check \
	share/zsh/vendor-completions/_hypsim share/doc/hypsim/copyright share/doc/hypsim/changelog.Debian.gz share/man/man1/hypsim.1.gz \
	include/hypsim/bench_lock.h include/hypsim/log.h include/hypsim/check.h; do
	[ -s "$root/usr/$f" ] || fail "usr/$f is missing"
done
[ -s "$(find "$root/usr/lib" -name libhypsim-log.so)" ] || fail "libhypsim-log.so is missing"
sh "$SOURCE/cmake/man_pages.sh" "$HYPSIM" "$dir/man" >"$dir/out"
for f in "$dir"/man/*; do
	[ -s "$root/usr/share/man/man1/${f##*/}.gz" ] || fail "${f##*/}.gz is missing"
done
for f in "$root"/usr/share/man/man1/*; do
	case $f in
	*.1.gz) gzip -t "$f" || fail "$f" ;;
	*) fail "$f is not compressed" ;;
	esac
done
find "$root" ! -type l \( -perm -g=w -o -perm -o=w \) >"$dir/open"
[ ! -s "$dir/open" ] || fail "others may write: $(cat "$dir/open")"
grep -q '^License: GPL-2.0-only$' "$root/usr/share/doc/hypsim/copyright" || fail "no license"
gzip -cd "$root/usr/share/doc/hypsim/changelog.Debian.gz" >"$dir/changelog"
version=$(sed -n 's/^hypsim (\(.*\)) .*/\1/p' "$dir/changelog")
grep -q '^ -- .* <.*>  Tue, 14 Nov 2023 22:13:20 +0000$' "$dir/changelog" || fail "changelog: $(cat "$dir/changelog")"

expect 0 "control" dpkg-deb -f "$deb"
says out "Package: hypsim"
says out "Version: $version"
says out "Description: simulator"
for library in libc6 libjansson4 libsqlite3-0 libzstd1 libxxhash0 liburcu8; do
	grep -q "^Depends: .*$library (>= " "$dir/out" || fail "it does not depend on $library"
done

if [ "$test_form" = full ]; then
	expect 0 "lintian" lintian --allow-root --fail-on error "$deb"
	grep "^E:" "$dir/out" && fail "lintian finds errors"
	# That lintian sees what it shall: a package without its license has an error.
	rm "$root/usr/share/doc/hypsim/copyright"
	dpkg-deb -e "$deb" "$root/DEBIAN"
	expect 0 "another package" dpkg-deb --root-owner-group -b "$root" "$dir/other.deb"
	expect 2 "lintian, without license" lintian --allow-root --fail-on error "$dir/other.deb"
	says out "E: hypsim: no-copyright-file"
	expect 0 "its program" "$root/usr/bin/hypsim" run lock-storm --cpus 2 --ops 300 --log "$dir/log"
	expect 0 "its judge" "$root/usr/bin/hypsim-check" "$dir/log"
fi
finish
