# Making, listing, moving and removing files. Blocks are separated by blank lines; see ../README.md.
echo hello > a; cat a; wc -c a

touch a b c; ls

touch z; ls -l z | awk '{print $1, $2, $3, $4, $5, $9}'

mkdir d; touch d/x d/y; ls -R .

mkdir -p a/b/c/d; find . | sort

mkdir a; mkdir a; echo $?

mkdir a/b; echo $?

rmdir nothere; echo $?

mkdir d; touch d/f; rmdir d; echo $?; rm -r d; ls

mkdir d; rm d; echo $?

touch a; mv a b; ls; mv a c; echo $?

mkdir d; touch f; mv f d; ls d; mv d e; ls e

echo one > a; echo two > b; mv a b; cat b; ls

echo x > a; cp a b; cat b; cmp a b; echo $?

mkdir d; echo 1 > d/a; echo 2 > d/b; cp -r d e; ls e; cat e/b

cp nothere x; echo $?

echo text > a; cp -p a b; stat -c '%s %a %U %G %F' b

echo a > f; ln f g; stat -c '%h %s' f; echo b >> g; cat f; rm f; stat -c %h g

ln -s target link; readlink link; ls -l link | awk '{print $1, $9, $10, $11}'; cat link; echo $?

echo t > target; ln -s target link; cat link; echo u > link; cat target; stat -L -c %F link; stat -c %F link

ln -s loop loop; cat loop; echo $?

mkdir d; ln -s d e; touch e/x; ls d; rm e; ls

ln -s a b; ln -s b c; ln -s c a; cat a; echo $?

mkdir -p x/y; cd x/y; pwd; cd ..; pwd | sed 's/.*\///'; cd ../..; ls

mkdir real; ln -s real sym; cd sym; basename "$(pwd)"; basename "$(pwd -P)"; cd ..; ls

mkdir -p a/b; ln -s ../.. a/b/up; ls a/b/up

realpath .//x/../y | sed "s#$PWD#HERE#"; mkdir x; realpath x/../x | sed "s#$PWD#HERE#"

readlink -f /bin/../bin/./sh

truncate -s 100000 f; stat -c '%s' f; truncate -s 10 f; stat -c %s f; od -An -tx1 f

echo abc > f; truncate -s 2 f; cat f; truncate -s 6 f; od -c f

dd if=/dev/zero of=f bs=1 count=1 seek=99999 2>/dev/null; stat -c %s f; tail -c 3 f | od -An -tx1

dd if=/dev/zero of=f bs=1000 count=3 2>/dev/null; md5sum f; wc -c < f

printf 'abcdefghij' > f; dd if=f bs=1 skip=3 count=4 2>/dev/null

printf 'abcdefghij' > f; printf XY | dd of=f bs=1 seek=4 conv=notrunc 2>/dev/null; cat f

dd if=/dev/zero bs=1k count=4 2>&1 >/dev/null | head -2

touch -d '2020-02-03 04:05:06' f; stat -c '%y' f | cut -d. -f1; ls -l --full-time f | awk '{print $6, $7}'

touch -d '2020-01-01' a; touch -d '2021-01-01' b; ls -t; [ a -ot b ]; echo $?; [ a -nt b ]; echo $?

touch -d '2001-09-09 01:46:40' f; date -r f +%s; touch -r f g; stat -c %Y g

touch a; chmod 640 a; stat -c '%a %A' a; chmod u+x,g-r,o=w a; stat -c '%a %A' a; chmod a=rx a; ls -l a | cut -c1-10

umask 077; touch a; mkdir b; stat -c %a a b; umask

umask 022; touch a; mkdir b; stat -c %a a b; umask; umask -S

mkdir d; chmod 1777 d; stat -c '%a %A' d; chmod 4755 d; stat -c %A d; chmod 2755 d; stat -c %A d

touch f; chown 1000:1000 f; stat -c '%u %g %U %G' f; chgrp daemon f; stat -c %G f; chown nobody f; ls -l f | awk '{print $3, $4}'

touch .hidden seen; ls; ls -a; ls -A

mkdir d; touch d/1 d/2 d/3; ls d/*; echo d/[12]; echo d/?; echo d/[!1]; echo nomatch*

touch a1 a2 b1; ls a*; rm a*; ls; rm -f nothere; echo $?; rm nothere; echo $?

mkdir d; touch d/a d/b; find d -type f | sort; find d -name a; find d -type d

mkdir -p t/u; echo 12345 > t/f; echo 1 > t/u/g; find t -size +4c -type f; find t -name '*g' -exec cat {} \;

mkdir d; touch d/a d/b d/c; find d -type f -exec echo {} + | wc -w; find d -name b -delete; ls d

touch f; test -f f && echo file; test -d f || echo nodir; [ -e g ] || echo none; [ -s f ] || echo empty; [ -x f ] || echo notexec

mkfifo p; ls -l p | cut -c1; test -p p && echo fifo; stat -c %F p

mknod n c 1 3; stat -c '%F %t %T' n; echo gone > n; cat n; rm n

mknod z c 1 5; head -c 5 z | od -An -tx1; mknod full c 1 7; echo x > full; echo $?

echo x > /dev/full; echo $?; cat /dev/null; head -c 8 /dev/zero | wc -c; head -c 16 /dev/urandom | wc -c

ls /nonexistent; echo $?

cat /; echo $?

cat a b; echo $?

echo x > d/e; echo $?

echo x > f; cat f/g; echo $?

cd /nonexistent; echo $?

: > f; echo no > f/; echo $?

mkdir d; echo x > d; echo $?

n=$(printf '%0256d' 0); touch $n; echo $?; touch ${n%0}; echo $?; ls | wc -c

mkdir a; cd a; rmdir ../a; touch x; echo $?; ls; cd ..; ls

mkdir d; mv d d/e; echo $?

touch f; mkdir d; mv d f; echo $?; mv -T f d; echo $?

mkdir a b; touch b/x; mv -T a b; echo $?; rm b/x; mv -T a b; echo $?; ls

echo hi > f; exec 3< f; rm f; cat <&3

exec 3> f; echo one >&3; echo two >&3; exec 3>&-; cat f

echo 1 > f; echo 2 >> f; echo 3 >> f; cat f; set -C; echo 4 > f; echo $?; echo 5 >| f; cat f

exec 3<> f; echo hello >&3; cat f; exec 3>&-

mktemp -d x.XXXXXX | sed 's/[^.]*$/R/'; ls | wc -l; ls -l | tail -1 | cut -c1-10

mktemp | sed 's#\(/tmp/tmp\.\).*#\1#'

du -s nothere; echo $?; mkdir d; head -c 9000 /dev/zero > d/f; du -a -k d | awk '{print $2}'

for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo $i > f$i; done; cat f* | sort -n | tr '\n' ' '; ls | wc -l

i=0; while [ $i -lt 300 ]; do : > f$i; i=$((i+1)); done; ls | wc -l; rm f1*; ls | wc -l; ls | tail -2

head -c 1000000 /dev/zero | tr '\0' 'x' > big; wc -c big; md5sum big; cp big big2; cmp big big2 && echo same

head -c 70000 /dev/zero > a; cat a a a > b; wc -c < b; tail -c +100001 b | wc -c

install -m 755 /etc/hostname x 2>/dev/null || cp /etc/hostname x; cat x

echo data > f; sync; fsync f 2>/dev/null; cat f

touch f; stat -c %F f; stat -f -c %t . >/dev/null && echo ok

link a b; echo $?; touch a; link a b; stat -c %h a; unlink a; unlink a; echo $?

mkdir d; cd d; mkdir -p ../e/f; ls ..; cd ../e/f; cd ../..; ls e

split -l 2 /etc/group 2>/dev/null; head -1 /etc/group

touch 'a b' "c'd" 'e
f'; ls | wc -l; for f in *; do echo "<$f>"; done

tree 2>/dev/null; echo $?

mkdir d; chmod 0 d; ls d; echo $?; chmod 755 d

run-parts --test . ; echo $?; printf '#!/bin/sh\necho ran\n' > p; chmod +x p; run-parts .
