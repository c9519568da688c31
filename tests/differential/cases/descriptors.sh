# Descriptors as the shell uses them: inheritance, order, append, seek positions, closed ones.
exec 3>a 4>b 5>c; ls -l /proc/self/fd | awk '{print $9, $11}' | grep -E '^[0-9]+ .*/[abc]$' | sed 's#/.*/##'

exec 3>f; (echo child >&3); echo parent >&3; sh -c 'echo exec >&3'; cat f

exec 3>f 4>f; echo 3333333 >&3; echo 44 >&4; cat f

exec 3>>f 4>>f; echo 3 >&3; echo 44 >&4; echo 3 >&3; cat f

exec 3<>f; echo 12345 >&3; echo abc >f; echo 6 >&3; od -c f

echo 0123456789 >f; exec 3<>f; read -n 4 x <&3; echo "$x"; echo Z >&3; cat f

printf 'one\ntwo\nthree\n' >f; exec 3<f; read a <&3; sh -c 'read b; echo $b' <&3; read c <&3; echo "$a $c"

printf 'one\ntwo\nthree\n' >f; (read a; read b; cat) <f; { head -n 1; cat; } <f

exec 3>f; exec 4>&3 3>&-; echo moved >&4; cat f; echo x >&3; echo $?

exec 9<f; echo $?

echo a 1>&2 2>&1 | cat; (echo out; echo err >&2) 2>&1 >/dev/null | sed 's/^/got /'

(echo out; echo err >&2) 3>&1 1>&2 2>&3 | sed 's/^/swapped /'

cat <&- ; echo $?; ls >&-; echo $?; sh -c 'echo x >&2' 2>&-; echo $?

sh -c 'ls /proc/self/fd | wc -l' 3</dev/null 4</dev/null 5</dev/null

exec 7</etc/hostname; sh -c 'cat <&7; cat <&7; echo $?'; cat <&7; cat /proc/self/fd/7

echo hello >f; exec 3<f; cat /dev/fd/3; cat <&3; cat /dev/fd/3; cat <&3; echo $?

echo text >f; exec 3<f; rm f; cat /proc/$$/fd/3; readlink /proc/$$/fd/3 | sed 's#.*/##'; cp /proc/$$/fd/3 g; cat g

exec 3>f; rm f; echo lost >&3; stat -L -c '%h %s' /proc/$$/fd/3; mkdir d; cd d; rmdir ../d; readlink /proc/$$/cwd | sed 's#.*/##'

ulimit -n 20; exec 3</dev/null; sh -c 'ulimit -n; exec 19</dev/null; echo $?; exec 20</dev/null; echo $?' ; echo $?

ulimit -n 6; cat /etc/hostname | cat | cat; echo a > f; (exec 3<f 4<f 5<f; ls f); echo $?

ulimit -f 2; dd if=/dev/zero of=f bs=512 count=9 2>/dev/null; echo $?; stat -c %s f

ulimit -f 1; trap '' XFSZ; head -c 3000 /dev/zero >f; echo $?; stat -c %s f; echo more >>f; echo $?

mkfifo p; exec 3<>p; echo a >&3; echo b >&3; read x <&3; read y <&3; echo $x $y; ls -l /proc/$$/fd/3 | sed 's#.*/##'

mkfifo p; exec 3<>p; (for i in 1 2 3 4; do echo $i; done) >&3; exec 4>&3 3<p; head -n 2 <&3 | wc -l

mkfifo p; (exec 3>p; echo first >&3; echo second >&3) & exec 4<p; read a <&4; wait; read b <&4; read c <&4; echo "$a $b $c $?"

mkfifo a b; cat a >b & (echo request >a) & cat b; wait; rm a; cat <b & : >b; wait; echo done

: | (sleep 0; read x; echo $?); (exit 3) | (exit 4); echo $?; set -o pipefail; (exit 3) | true; echo $?; true | (exit 4) | (exit 0); echo $?

sh -c 'kill -PIPE $$'; echo $?; sh -c 'trap "" PIPE; (while echo x; do :; done) 2>/dev/null | head -n 1; echo done'

(trap '' PIPE; yes 2>err; echo $? >status) | head -n 1; until [ -s status ]; do :; done; cat status; sed 's/^.*: //' err

cat /proc/self/fdinfo/0 </dev/null | grep -E '^(pos|flags)'; exec 3>>f; echo abc >&3; grep -E '^(pos|flags)' /proc/$$/fdinfo/3

exec 3<>f; grep flags /proc/$$/fdinfo/3; exec 3</; grep flags /proc/$$/fdinfo/3; exec 3</dev/null; grep flags /proc/$$/fdinfo/3

f=/dev/fd; ls -ld $f/0 </dev/null | cut -c1-10; exec 3>w 4<w 5<>w; ls -l /proc/$$/fd/3 /proc/$$/fd/4 /proc/$$/fd/5 | cut -c1-10

echo abcdef >f; exec 3<>f; truncate -s 3 f; cat <&3; echo XYZ >&3; cat f; truncate -s 0 f; echo Q >&3; od -c f

seq 5000 >f; exec 3<f; head -n 1 <&3; head -c 10 <&3 >/dev/null; dd bs=1 count=4 <&3 2>/dev/null; echo; tail -n 1 <&3

echo 1 >f; cat f >g; cat g - <f | wc -l

dd if=/dev/zero of=f bs=4096 count=1 seek=100 2>/dev/null; du -k f | cut -f1; stat -c '%s %b' f; cp --sparse=always f g 2>/dev/null; cat f >h; du -k h | cut -f1

printf abcdef >f; dd if=f of=f bs=1 skip=3 count=3 conv=notrunc 2>/dev/null; cat f; dd if=f bs=2 count=2 conv=swab 2>/dev/null; dd if=f bs=4 conv=sync 2>/dev/null | od -c

printf 'ab' | dd bs=1 seek=5 of=f 2>/dev/null; od -c f; dd if=/dev/null of=f bs=1 seek=3 2>/dev/null; stat -c %s f; dd if=/dev/zero of=f bs=1 count=2 oflag=append conv=notrunc 2>/dev/null; stat -c %s f

dd if=nothere of=f; echo $?; dd if=/dev/zero of=/dev/full bs=1 count=1; echo $?; dd if=f of=/ ; echo $?

mkdir d; exec 3<d; cat <&3; echo $?; cd /proc/self/fd/3; pwd | sed 's#.*/##'; ls ..>/dev/null; echo $?; echo x >&3; echo $?

umask 0; : >a; umask 777; : >b; umask 027; : >c; mkdir d; stat -c '%a %n' a b c d; sh -c umask

set -C; : >f; : >f; echo $?; : >|f; echo $?; : >>f; echo $?; : >/dev/null; echo $?; : <>f; echo $?
