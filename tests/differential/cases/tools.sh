# Programs at work on many files and on much text, for what they ask of the kernel.
mkdir d; cd d; for i in $(seq 500); do : >file$i; done; ls | wc -l; ls | sort -u | wc -l; find . -type f | wc -l; rm file*; ls -A | wc -l

mkdir d; for i in $(seq 200); do mkdir -p d/$((i % 10))/$i; echo $i >d/$((i % 10))/$i/f; done; find d -type d | wc -l; find d -name f -exec cat {} + | sort -n | tail -1; cat d/*/*/f | wc -l; rm -r d; ls

p=d; for i in $(seq 60); do mkdir $p; p=$p/d; done; find . -depth | head -1 | tr -cd / | wc -c; cd $p/.. && pwd | tr -cd d | wc -c; rm -r d; ls

n=$(printf '%0200d' 1); p=.; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do mkdir $n; cd $n; done; pwd | wc -c; touch x; cat $PWD/x; echo $?; ls; cd /; rm -r /scratch/*/$n; echo $?

for i in $(seq 100); do ln -s $i l$((i + 1)); done; : >1; ln -s 1 l1; cat l30; echo $?; ln -s l1 a; ln -s a b; for i in $(seq 2 45); do ln -sf s$((i - 1)) s$i; done; : >s1; cat s41; echo $?; cat s42; echo $?

touch -d '2020-01-01 00:00:00' a; touch -d '2021-01-01 00:00:00' b; touch c; find . -newer a -type f | sort; find . -mtime +100 | sort; find . -mmin -10 -type f; find . ! -newer b -name '?' | sort

head -c 100 /dev/zero >a; head -c 2000 /dev/zero >b; : >c; find . -size +1000c; find . -type f -size 0; find . -empty -type f; find . -size 4; find . -type f -size -2 | sort

touch a b; chmod 600 a; chmod 755 b; chown 5:6 a; ln b c; find . -perm 600; find . -perm -700 -type f | sort; find . -perm /111 -type f | sort; find . -user 5; find . -group 6; find . -links 2 | sort; find . -samefile b | sort; find . -nouser 2>/dev/null

mkdir -p a/x b/x; touch a/x/f b/x/f; find . -path './a' -prune -o -type f -print; find . -maxdepth 1 -mindepth 1 | sort; find . -name x -prune -o -print | sort; find . -type f -exec sh -c 'echo $#' _ {} +; find . -name f -delete; find . | wc -l; find a -depth | head -1

mkdir d; touch d/f; find nothere d; echo $?; chmod 0 d; chmod 755 .; su user -c "find $PWD/d -name f; echo \$?; ls $PWD/d; rm -r $PWD/d; echo \$?" 2>&1 | sed 's#/scratch/[0-9]*##'; ln -s loop loop; find -L . -name 'loop'; echo $?

find . -name '*.none' | xargs -r rm; echo $?; seq 2000 | xargs echo | wc -l; seq 20 | xargs -s 30 echo | wc -l; printf 'a b\nc\n' | xargs -I '{}' echo '[{}]'; printf '"a b" c\\ d' | xargs -n 1 echo; seq 5 | xargs -n 2 -t true

echo a >f; ln f g; ln f h; stat -c %h f; tar cf t.tar f g h; rm f g h; tar xf t.tar; stat -c %h f g; [ f -ef g ] && echo same; cp -d f i; stat -c %h i; mkdir d; cp -a f g d 2>/dev/null; stat -c %h d/f

mkdir -p s/d; echo 1 >s/a; ln -s a s/l; mkfifo s/p; mknod s/n c 1 3; chmod 2750 s/d; touch -d '2001-02-03 04:05:06' s/a; tar cf t.tar s; mkdir o; tar xf t.tar -C o; ls -lR --full-time o | awk '{print $1, $5, $6}' | grep -v total; find o -type p -o -type c | sort

mkdir s; seq 1000 >s/a; cp -a s t; touch -d '2000-01-01' t/a; cp -p t/a b; stat -c %y b | cut -c1-10; cp -u s/a t/a; cmp s/a t/a; ln -s s/a l; cp l m; cp -P l n; cp -a l o; stat -c '%F' m n o; cp -r s/a nothere/x; echo $?

mkdir d; echo 1 >d/f; find d | cpio -o -H newc 2>/dev/null >a; mkdir o; cd o; cpio -i -d <../a 2>/dev/null; cat d/f; cpio -t <../a 2>/dev/null; cpio -idu --to-stdout d/f <../a 2>/dev/null; cpio -p -d q <<X 2>/dev/null
d/f
X
ls q

seq 2000 >f; gzip -c f >g.gz; bzip2 -c f >b.bz2; zcat g.gz | cmp - f; bzcat b.bz2 | cmp - f; cat g.gz g.gz | gunzip | wc -l; head -c 100 g.gz | gunzip 2>/dev/null | head -0; echo $?; gzip f; gzip f; echo $?; gunzip f.gz; stat -c %s f

seq 100 >f; chmod 640 f; touch -d '2001-02-03' f; gzip f; stat -c '%a %y' f.gz | cut -c1-14; gunzip f.gz; stat -c '%a %y' f | cut -c1-14; tar czf a.tgz f; tar tzf a.tgz; tar cjf a.tbz f 2>/dev/null; tar xOjf a.tbz 2>/dev/null | tail -1

printf 'hello' >a; printf 'world\n' >b; ar -r l.a a b 2>/dev/null; ar -t l.a; ar -p l.a b; rm a; ar -x l.a a; cat a; uuencode a name | uudecode -o c; cmp a c; echo $?; base64 a; base64 a | base64 -d; echo

seq 30000 | sort -R 2>/dev/null | sort -n | md5sum; seq 30000 | shuf | sort -n | cmp - /dev/stdin </dev/null 2>/dev/null | head -0; seq 300 | tac | head -2; seq 300 | rev | tail -1; seq 100 | split -l 30 - part; ls part* | tr '\n' ' '; wc -l <partad

seq 1000 | awk '{s += $1; q[$1 % 7]++} END {print s, q[3]; printf "%.3f %5d %-5s| %x %o %c\n", 3.14159, 42, "ab", 255, 8, 65}'; awk 'BEGIN {while ("echo a; echo b" | getline x) print x; close("echo a; echo b"); print length("héllo"), toupper("abc"), substr("hello", 2, 3), index("hello", "l")}'

awk 'BEGIN {print "to file" >"f"; print "more" >>"f"; close("f"); while ((getline l <"f") > 0) print l; print system("exit 3"); print ENVIRON["HOME"]; print "x" | "cat"; exit 4}'; echo $?; awk 'BEGIN {printf "a" | "cat >&2"}' 2>&1

echo 'scale=20; 4*a(1); 2^100; sqrt(2)' | bc -l; echo '10 k 2 v p 3 4 ^ p 17 5 % p [1 p] x' | dc; echo 'define f(n) { if (n < 2) return 1; return n * f(n - 1); }; f(25)' | bc; echo 'ibase=16; FF; obase=2; F' | bc

echo $((9223372036854775807)) $((9223372036854775807 + 1)) $((-9223372036854775808)) $((1 << 63)) $((1 << 64)) $((-1 >> 1)) $((-7 / 2)) $((-7 % 2)) $((7 & -2)) $((5 ^ 3)) $((!5)); echo $((010)) $((0xff)) $((1 , 2)) 2>/dev/null; echo $((2 ** 10)) 2>/dev/null

expr 9223372036854775807 + 1; expr 5 / 0; echo $?; expr -5 % 3; expr a : b; echo $?; expr substr hello 2 3; expr index hello l; expr 1 \< 2; expr \( 1 + 2 \) \* 3; [ 9223372036854775807 -gt 1 ]; echo $?; [ 99999999999999999999 -gt 1 ]; echo $?

date -u -d '1970-01-01 00:00:00' +%s; date -u -d @2147483648 +%F; date -u -d @-1 +%F; date -u -d '2024-02-29' +%j; date -u -d @1700000000 '+%a %b %e %H:%M:%S %Y %U %u'; date -u -d nonsense; echo $?; TZ=CET-1CEST date -d @1720000000 '+%H %Z'; touch -d @4294967296 f; stat -c %Y f; touch -d '1960-01-01' f; stat -c %y f | cut -c1-10

head -c 300 /dev/zero | od -An -tx1 | head -3; printf '\001\377\200A' | od -An -td1 -tu2 -tx4 -to1 -c; printf 'abcdefghijklmnopqrst' | hexdump -C; printf 'ab' | xxd; printf 'ab' | xxd -p | xxd -r -p; echo; od -j 5 -N 3 -c /etc/passwd; od -A d -t x2 /etc/hostname

printf 'b 2\na 1\nc 3\n' | sort -k 2 -n -r; printf '10\n9\n1.5\n' | sort -n; printf 'a,b\nA,c\n' | sort -f -t , -k 1,1 -s; printf 'x\nx\ny\n' | uniq -c | awk '{print $1, $2}'; printf 'x\nx\ny\n' | uniq -d; printf '1M\n2K\n3G\n' | sort -h; printf 'b\na\n' >f; sort -o f f; cat f; sort -c f; echo $?; printf 'b\na\n' | sort -c; echo $?

printf 'one\ntwo\nthree\n' >f; sed -i 's/t/T/g' f; cat f; sed -n '2{p;q}' f; sed '1!G;h;$!d' f; sed -e '/one/,/Two/d' f; sed 'y/abc/xyz/; s/\(.\)\(.\)/\2\1/' f; sed -n '$=' f; sed '2w out' f >/dev/null; cat out; sed '1r out' f | head -2; sed -s -n '1p' f f; stat -c %h f

printf 'a\tb\n' | expand | od -c | head -1; printf 'a       b\n' | unexpand -a | od -c | head -1; printf 'abcdefgh' | fold -w 3; echo; printf 'a b c\n' | cut -d' ' -f2-; printf 'aabbcc\n' | tr -s a-c; printf 'hello\n' | tr 'a-y' 'b-z'; paste -d, /etc/hostname /etc/hostname; nl /etc/hostname; printf '%s\n' a b c | paste -s -d+

printf '1\n2\n3\n' >a; printf '1\n3\n4\n' >b; diff a b; echo $?; diff -u a b | tail -5; diff -q a b; diff a a; echo $?; cmp a b; echo $?; cmp -l a b; mkdir d e; touch d/x; diff -r d e; echo $?; diff a nothere; echo $?; diff -u a b | sed 's/^--- .*/--- a/; s/^+++ .*/+++ a/' | patch -p0; cat a

grep -c root /etc/passwd; grep -rl root /etc 2>/dev/null | sort; grep -v : /etc/hostname; grep -n user /etc/passwd | cut -d: -f1; echo abc | grep -o b; echo abc | grep -q x; echo $?; grep x nothere; echo $?; grep -E 'a{2}|b+' <<X
aa
ab
cc
X
grep -w -i USER /etc/group; printf 'a\0b' | grep -c a; grep . /; echo $?

md5sum /etc/hostname | cut -c1-8; sha1sum </dev/null; sha256sum </dev/null; sha512sum </dev/null | cut -c1-16; sha3sum </dev/null | cut -c1-16; crc32 /etc/hostname 2>/dev/null; md5sum /etc/hostname >s; md5sum -c s; echo x >>s; echo 'd41d8cd98f00b204e9800998ecf8427e  nothere' | md5sum -c; echo $?

mkdir d; echo a >d/1; echo b >d/2; cd d; for f in *; do mv $f ../$f.moved; done; cd ..; ls; rmdir d; mv 1.moved 2.moved; cat 2.moved; mv -i 2.moved 3 </dev/null; ls; cp 3 4; mv -f 3 4; ls; mv 4 nothere/; echo $?; mv nothere x; echo $?; mv -n 4 5; ls

install 2>/dev/null; mktemp -u tXXXXXX | wc -c; f=$(mktemp ./tXXXXXX); stat -c '%a %s' $f; d=$(mktemp -d ./dXXXXXX); stat -c %a $d; mktemp nothere/XXXXXX; echo $?; mktemp tXX; echo $?; rm -r $f $d; ls

stat -c '%n %s %a %A %h %u %g %U %G %F %t %T %o' /etc/hostname /dev/null /etc /bin/sh | sed 's/ 2[0-9] / N /'; stat -L -c %F /bin/sh; stat nothere; echo $?; stat -f -c '%T %l' /proc; stat -c '%N' /bin/sh

ls -la --full-time /etc | awk 'NR > 1 {print $1, $2, $3, $4, $5, $9}' | sort -k 6 | grep -v '\.$'; ls -ln /etc/hostname | awk '{print $3, $4}'; ls -i /etc/hostname | awk '{print NF}'; ls -F / | grep -E '^(bin|etc|init)'; ls -1 -p /etc; ls -ld /tmp | cut -c1-10; ls -S -r /etc; ls -h -s /etc/passwd

ln a b; echo $?; : >a; ln -s a b; ln a b; echo $?; ln -f a b; stat -c %h b; ln -s x y; ln -sf z y; readlink y; mkdir d; ln -s a d; readlink d/a; ln -sn q d; ls d | wc -l; ln -snf q y; readlink y; ln d e; echo $?; link a c; unlink c; unlink d; echo $?; unlink nothere; echo $?

ed -s f <<X
a
one
two
three
.
1,2s/o/0/g
2m0
\$t0
1,\$p
w
q
X
cat f; printf 'x\n' | ed -s nothere; echo $?

vi -c ':q!' nothere </dev/null >/dev/null 2>&1; echo $?; printf 'ihello\033:wq\n' | vi f >/dev/null 2>&1; cat f; printf 'dd:x\n' | vi f >/dev/null 2>&1; stat -c %s f

more /etc/hostname </dev/null; less /etc/hostname </dev/null; less -F nothere </dev/null; echo $?; cat /etc/hostname | more; timeout 1 watch -t -n 1 echo tick 2>/dev/null | head -1 | tr -d '\033' | cut -c1-2 | head -0; echo $?

crontab -l 2>/dev/null; echo $?; mkdir c; crond -f -c nothere 2>/dev/null & kill $! 2>/dev/null; wait $! 2>/dev/null; run-parts c; printf '#!/bin/sh\necho $1\n' >c/a; chmod 755 c/a; run-parts -a arg c; run-parts --list c 2>/dev/null; start-stop-daemon -K -x /bin/nothere; echo $?; start-stop-daemon -S -x /bin/echo -- hi

logger -s to stderr 2>&1 | sed 's/.*: //'; httpd -h nothere; echo $?; httpd -e '<a&b>'; httpd -d 'a%20b'; ip 2>/dev/null | head -0; ipcalc -b 10.0.0.1/8; ipcalc -p 10.0.0.1 255.255.0.0; ipcalc -m 192.168.1.1

tar cf - nothere; echo $?; tar xf /etc/hostname; echo $?; cpio -i </etc/hostname; echo $?; gunzip </etc/hostname; echo $?; bunzip2 </etc/hostname; echo $?; unxz </etc/hostname; echo $?; unlzma </etc/hostname; echo $?; uncompress nothere; echo $?; ar -t /etc/hostname; echo $?; rpm2cpio /etc/hostname; echo $?; dpkg-deb -c /etc/hostname; echo $?

printf 'PK\003\004' >z; unzip z; echo $?; unzip nothere; echo $?; printf 'UEsDBAoAAAAAAAAAIQDGNbk7BQAAAAUAAAABAAAAYWhlbGxvUEsBAh4DCgAAAAAAAAAhAMY1uTsFAAAABQAAAAEAAAAAAAAAAAAAAKSBAAAAAGFQSwUGAAAAAAEAAQAvAAAAJAAAAAAA' | base64 -d >a.zip; unzip -p a.zip; echo; unzip -o a.zip >/dev/null 2>&1; cat a; echo

true; for c in 'exit 300' 'exit -1' 'exit 2 3' 'return 3' 'nosuch' '/' '/etc/hostname' './nothere' 'kill -9 $$' 'kill -PIPE $$' 'set -e; false; true' 'set -u; : $x' '. nothere' 'exec nothere' 'exec /' 'break' 'false || false' '! false' 'cd nothere' ': >nothere/x' ': <nothere' 'echo $((1/0))' 'unset -' 'shift 5' 'readonly a=1; a=2' 'fi' 'if' '(' '"'; do sh -c "$c" >/dev/null 2>&1; echo "$c: $?"; done

read -t 0.1 x <>/dev/zero | head -c 0; mkfifo p; read -t 0.1 x <>p; echo $?; read -n 3 x <<X
abcdef
X
echo $x; read -d : x <<X
a:b
X
echo $x; printf 'a b\\\nc d\n' | { read x y; echo "$x|$y"; }; echo x | { read; echo "$REPLY"; }; IFS= read -r x <<X
  spaced  
X
echo "[$x]"; read x y z <<X
1
X
echo "$x|$y|$z"

while getopts ':ab:c' o -a -b v -c -d -b; do echo "$o ${OPTARG-none} $OPTIND"; done; f() { local OPTIND=1; while getopts x: o "$@"; do echo $o $OPTARG; done; }; f -x 1 -x2; f -y 2>&1

set -- a b c; while [ $# -gt 0 ]; do case $1 in b) shift 2; continue;; esac; echo $1; shift; done; f() { return 300; }; f; echo $?; f() ( exit 7 ); f; echo $?; x=1 f; echo ${x-unset}; f() { x=2; }; x=1; f; echo $x; unset -f f; f; echo $?

x=$(printf 'a\0b' 2>/dev/null); echo ${#x}; x=$(echo a; exit 3); echo $?; echo $(exit 4) $?; : $(exit 5); echo $?; x=$(cat <<X
multi
line
X
); echo "$x"; echo "${x%%
*}"; echo `echo \`echo deep\``

cat <<X | while read a; do cat <<Y; done
1
2
X
inner $a
Y
echo end

exec 2>/dev/null; sh -c 'sleep 9 & wait' & until pidof sleep >/dev/null; do :; done; pidof sleep | wc -w; killall -9 sleep; wait; killall -l | head -1 | head -c 3; killall nosuch; echo $?; pidof init | tr ' ' '\n' | grep -cx 1; kill -l 1 2 3 15 | tr '\n' ' '

mkdir -p /tmp/t$$; cd /tmp/t$$; echo a >f; mv f /scratch/; cat /scratch/f; rm /scratch/f; cd /; rmdir /tmp/t$$; stat -c %a /tmp; su user -c 'cd /tmp; : >mine; stat -c "%U %a" mine; rm mine'

svc 2>/dev/null; tee a b </etc/hostname >/dev/null; cat a b; echo x | tee /dev/full; echo $?; echo x | tee nothere/x; echo $?; tee -a a <b >/dev/null; wc -l <a; yes | head -c 1000 | wc -l; yes y n | head -1; tail -n +2 /etc/passwd | head -1; tail -c 4 /etc/hostname; tail -n 0 /etc/passwd; head -n -2 /etc/passwd | wc -l; tail -q -n 1 /etc/passwd /etc/group; tac /etc/hostname

setpriv --reuid 1000 --regid 1000 --clear-groups id; setpriv --nnp sh -c 'grep NoNew /proc/self/status'; setpriv -d 2>/dev/null | head -2; setpriv --inh-caps -all true; echo $?; setpriv --nosuch true; echo $?; login -x 2>/dev/null; echo $?; su nosuch; echo $?; su user -s /bin/echo hello; id root; groups user; whoami; nsenter -t 1 true 2>/dev/null; unshare 2>/dev/null true; passwd -x 2>/dev/null; echo end
