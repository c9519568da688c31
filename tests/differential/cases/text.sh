# Text tools.
printf 'b\na\nc\n' | sort; printf 'b\na\nc\n' | sort -r

printf '10\n9\n100\n' | sort -n; printf '10\n9\n100\n' | sort

printf 'x 3\ny 1\nz 2\n' | sort -k2; printf 'a:3\nb:1\n' | sort -t: -k2 -n

printf 'a\na\nb\n' | uniq; printf 'a\na\nb\n' | uniq -c; printf 'a\na\nb\n' | uniq -d

printf 'one two\nthree\n' | wc; printf 'one two\nthree\n' | wc -lw

seq 10 | head -3; seq 10 | tail -3; seq 10 | head -n -8; seq 10 | tail -n +9

seq 1 2 9 | tr '\n' ' '; seq 3 -1 1; seq -w 8 10

echo hello | tr a-z A-Z; echo 'a  b' | tr -s ' '; echo hello | tr -d l

echo a:b:c | cut -d: -f2; echo abcdef | cut -c2-4; printf 'a\tb\n' | cut -f2

printf 'a b c\n' | awk '{print $2}'; seq 5 | awk '{s+=$1} END {print s}'

awk 'BEGIN { for (i = 0; i < 5; i++) printf "%d ", i*i; print "" }'

echo 'x=1,y=2' | awk -F'[=,]' '{print $2+$4}'; awk 'BEGIN{print length("hello"), substr("hello",2,3), toupper("x")}'

awk 'BEGIN{ "echo sub" | getline x; print x; system("echo sys"); print 1/3; printf "%.3f %e %x\n", 3.14159, 12345.678, 255 }'

printf 'k v\nk w\nj z\n' | awk '{a[$1]=a[$1] $2} END {for (k in a) print k, a[k]}' | sort

awk 'BEGIN { print sqrt(2), exp(1), sin(1), int(3.9), 2^10 }'

echo hello world | sed 's/o/0/g'; echo hello | sed -n 's/l/L/p'

seq 5 | sed '2d;4d'; seq 5 | sed -n '2,4p'; seq 5 | sed '3q'; seq 3 | sed 's/^/> /'

printf 'a\nb\n' | sed '1i\before' ; printf 'a\nb\n' | sed '$a\after'; echo abc | sed 's/\(a\)\(b\)/\2\1/'

echo foo > f; sed -i 's/foo/bar/' f; cat f; sed -e 's/b/c/' -e 's/r/t/' f

printf 'a\nb\nab\n' | grep a; printf 'a\nb\n' | grep -v a; printf 'a\nb\n' | grep -c a; echo x | grep y; echo $?

printf 'one\ntwo\n' > f; grep -n two f; grep -l one f; grep -q one f; echo $?; grep x nothere; echo $?

echo abc123 | grep -o '[0-9]*'; echo ABC | grep -i abc; printf 'a.b\naxb\n' | grep -F a.b; echo aab | grep -E '^a{2}b$'

mkdir d; echo needle > d/f; echo hay > d/g; grep -r needle d; egrep 'ne|ha' d/f d/g; fgrep needle d/f

printf '1\n2\n3\n' > a; printf '1\n3\n4\n' > b; diff a b; echo $?; diff -u a b | tail -n +3; cmp a b; echo $?

printf '1\n2\n' > a; printf '1\nX\n' > b; diff -u a b > p; patch a p; cat a

printf 'a\nb\n' > x; printf '1\n2\n' > y; paste x y; paste -d, x y; paste -s x

printf 'a b c d e f\n' | fold -w 4; echo abcdef | rev; seq 3 | tac; seq 3 | nl

printf 'x\ty\n' | expand | od -c | head -2; printf '        x\n' | unexpand -a | od -c | head -1

echo hello | od -c; echo hello | od -An -tx1; echo hello | hexdump -C; echo hello | xxd

printf '68656c6c6f' | xxd -r -p; echo; printf 'hello' | xxd -p

echo hello | md5sum; echo hello | sha1sum; echo hello | sha256sum; echo hello | sha512sum | cut -c1-32; echo hello | sha3sum | cut -c1-16

echo hello > f; md5sum f > s; md5sum -c s; echo bye > f; md5sum -c s; echo $?

echo hello | base64; echo aGVsbG8K | base64 -d; head -c 100 /dev/zero | base64 | tail -1

echo hello | uuencode x; echo hello | uuencode -m x | uudecode -o -

echo hello | cksum 2>/dev/null; echo hello | crc32 2>/dev/null; printf 'abc' | sum 2>/dev/null; echo $?

printf '%s-%d-%x-%o-%c\n' str 42 255 8 z; printf '%5s|%-5s|%05d\n' a b 7; printf '%b' 'a\tb\n'

printf '%.2f %e %g\n' 3.14159 1234.5 0.0001; printf '%q\n' 'a b' 2>/dev/null; printf 'no newline'

echo -n abc; echo; echo -e 'a\tb\nc'; echo 'a\tb'

expr 3 + 4; expr 10 / 3; expr 10 % 3; expr abc : 'a\(.*\)'; expr length hello; expr 1 = 2; echo $?; expr 3 '*' 4

factor 360 97; cal 2 2000; basename /a/b/c.txt .txt; dirname /a/b/c

echo '2 3 + p 4 * p' | dc; echo '2^10; 5/2; scale=3; 5/2' | bc

date -u -d @0; date -u -d '2024-02-29 12:00:00' +%s; date -u -d @86400 '+%Y-%m-%d %H:%M:%S %j %u'

TZ=EST5EDT date -d @0; TZ=UTC date -d @1000000000 +%c

printf 'a b\nc d\n' | while read x y; do echo "$y $x"; done

printf 'a b c' | xargs echo; seq 5 | xargs -n 2 echo; seq 3 | xargs -I{} echo '<{}>'; echo 'a b' | xargs -n1

printf 'a\0b\0' | xargs -0 -n1 echo; echo x | xargs -t echo 2>&1; echo | xargs -r echo none

printf 'line1\nline2\n' | tee f; cat f; echo more | tee -a f >/dev/null; wc -l f

strings /bin/busybox | grep -c BusyBox >/dev/null && echo found; strings -n 3 <<X
ab
abcd
X

printf 'dos\r\n' | dos2unix | od -c; printf 'unix\n' | unix2dos | od -c

printf 'a,b\nc,d\n' | tr , '\t' | cut -f2; printf 'zz\nyy\n' | sort | join - /dev/null 2>/dev/null; echo $?

printf '3\n1\n2\n' | sort -o out; cat out; printf 'b\na\nb\n' | sort -u; shuf -i 1-5 | sort | tr '\n' ' '

seq 1000 | md5sum; seq 100000 | sort -rn | head -1; seq 2000 | grep -c 7

yes | head -3; yes abc | head -n 2; yes | head -c 100000 | wc -c

ed f <<X
a
hello
world
.
w
2d
,p
q
X
cat f

cat <<X | vi -e 2>/dev/null; echo done
X

hexdump -e '4/1 "%02x " "\n"' <<X
abcdefg
X

comm /dev/null /dev/null; echo $?; look x 2>/dev/null; echo $?

echo "one
two" > f; cat -n f; cat -A f; cat -b f; printf 'a\n\n\nb\n' | cat -s

less /etc/hostname </dev/null; more /etc/hostname </dev/null; ascii | head -3

ts 2>/dev/null </dev/null; echo $?; tail -c 5 /etc/passwd; head -c 4 /etc/passwd; echo
