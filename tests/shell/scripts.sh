echo hello   world
echo "a  b" 'c  d' e\ f "g\"h" 'i'"'"'j'
echo -n no newline; echo; echo -e 'tab\tx\0101'; echo a\\b

# quotes and escapes
printf '[%s]\n' "" '' a"b"c "$(echo x)" \a "\a" '\a' "a\
b" $'x\ty'

echo $0 | grep -c blocks; echo $# "$1" "$2"; shift; echo $# "$1"; shift 2; echo $?; shift; echo $? $#

set -- a "b c" d; for i; do echo "[$i]"; done; for i in "$@"; do echo "<$i>"; done; for i in $*; do echo "($i)"; done

set -- a "b c" d; printf '[%s]' "$*" "$@" $@ x"$@"y; echo; IFS=-; printf '[%s]' "$*" $*; echo

set --; printf '[%s]' "$@" "$*" $@ a$@b; echo; echo "${1-none}" "${1:-empty}" ${#}

x=5; echo ${x} ${x:-6} ${y:-6} ${y-7} "${y+set}" ${x+set} ${z:=new} $z ${#x}

x=; echo "[${x:-a}]" "[${x-a}]" "[${x:+a}]" "[${x+a}]" "[${x:=b}]" "$x"

f=/usr/local/lib/file.tar.gz; echo ${f##*/} ${f%/*} ${f#*/} ${f%%.*} ${f%.*} ${f##*.} ${f#nothing}

x='a*b?c'; echo "${x%\**}" "${x#*'*'}" "${x%%'?'*}" "${x#"a*"}"

x=abcabc; echo ${x/b/X} ${x//b/X} ${x//b} ${x:1} ${x:1:2} ${x: -2} ${x:2:-1}

x="a b  c"; set -- $x; echo $#; set -- "$x"; echo $#; set -- ${none:-p q} "${none:-p q}"; echo $# "$3"

IFS=:; x=a:b::c:; set -- $x; echo $#; printf '[%s]' "$@"; echo

IFS=' :'; x=' a : b::c '; set -- $x; echo $#; printf '[%s]' "$@"; echo

IFS=; x='a b'; set -- $x; echo $#

unset IFS; x='a   b
c'; set -- $x; echo $#

echo $((1 + 2 * 3)) $(((1 + 2) * 3)) $((7 / 2)) $((-7 / 2)) $((7 % 3)) $((-7 % 3)) $((1 << 4)) $((~5)) $((!0))

echo $((1 < 2)) $((2 <= 2)) $((3 > 4)) $((3 >= 4)) $((3 == 3)) $((3 != 3)) $((1 && 0)) $((1 || 0)) $((6 & 3)) $((6 | 3)) $((6 ^ 3))

x=5; echo $((x)) $((x + 1)) $(($x * 2)) $((x += 3)) $x $((x++)) $((++x)) $((x--)) $((--x)) $((x = 2, x * 3))

echo $((1 ? 2 : 3)) $((0 ? 2 : 3)) $((0x1f)) $((017)) $((2 ** 8)) $((10 - 3 - 2)) $((2 + 3 == 5 && 4 > 3))

y='3 + 4'; echo $(($y * 2)); x=; echo $((x + 1)) $((unset_one + 1))

echo $(echo inner; echo more) "$(echo inner; echo more)" `echo back` "`echo 'q u'`"

x=$(printf 'a\n\n\n'); echo "[$x]"; echo "$(echo "$(echo "deep $(echo er)")")"

x=$(exit 3); echo $?; x=$(true); echo $?; echo "$(exit 4)" $?; false; x=5; echo $?

if true; then echo yes; else echo no; fi; if false; then echo yes; elif true; then echo elif; else echo no; fi

if false; then :; fi; echo $?; if ! false; then echo not; fi; ! true; echo $?; ! false; echo $?

i=0; while [ $i -lt 3 ]; do echo $i; i=$((i + 1)); done; until [ $i = 0 ]; do i=$((i - 1)); echo u$i; done

for i in 1 2 3 4 5; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; echo end $i

for i in 1 2; do for j in a b c; do [ $j = b ] && continue 2; echo $i$j; done; done

for i in 1 2; do for j in a b c; do [ $j = b ] && break 2; echo $i$j; done; done; echo $?

for x in a b; do echo $x; done | while read y; do echo "<$y>"; done

while read line; do echo "[$line]"; done; echo "last: $line"

read a b; echo "$a/$b"; read x; echo "[$x]"; read x; echo $? "[$x]"; read x; echo $? "[$x]"

printf 'a\\tb c\\\nd\n' | { read x y; echo "$x-$y"; }; printf 'a\\tb c\n' | { read -r x y; echo "$x-$y"; }

printf '  lead and trail  \n' | { read x; echo "[$x]"; }; printf ' a  b  c  \n' | { read x y; echo "[$x][$y]"; }

echo a:b:c:d | { IFS=: read x y z; echo "$x $y $z"; }; echo "[$IFS]" | wc -c

echo 1 2 3 | (read a b; echo $b; cat)

case abc in a) echo 1;; a*) echo 2;; *) echo 3;; esac; case x in y) ;; esac; echo $?

case "a b" in "a b"|c) echo quoted;; esac; x='*'; case abc in "$x") echo literal;; $x) echo pattern;; esac

case foo.c in *.[ch]) echo source;; esac; case 5 in [0-9]) echo digit;; esac; case - in [!a-z]) echo not;; esac

case x in (x) echo paren; echo two;; esac; case '' in '') echo empty;; esac; case a] in [a]]) echo bracket;; esac

case Z in [[:lower:]]) echo lower;; [[:upper:]]) echo upper;; esac; case '\' in '\') echo backslash;; esac

f() { echo "f: $1 $#"; return 3; }; f a b; echo $?; f; echo $?

f() { local x=inner; echo $x; g; }; g() { echo "g sees $x"; }; x=outer; f; echo $x

f() { x=changed; }; x=1; f; echo $x; f() (x=sub); x=1; f; echo $x

f() { for i in 1 2 3; do [ $i = 2 ] && return 7; echo $i; done; }; f; echo $?

f() { echo "$@"; shift; echo "$@"; }; set -- x y; f 1 2 3; echo "$@"

fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }; fact 6

f() { echo one; }; f; f() { echo two; }; f; unset -f f; f 2>/dev/null; echo $?

(x=5; echo $x; exit 3); echo $? $x; { y=6; echo $y; }; echo $y; (cd /; pwd); [ "$(pwd)" != / ] && echo still here

true && echo and; false && echo not; false || echo or; true || echo not; false && echo a || echo b; true && false || echo c

true; echo $?; false; echo $?; (exit 42); echo $?; nosuchcommand 2>/dev/null; echo $?; /etc/passwd 2>/dev/null; echo $?

echo a | tr a b | tr b c; false | true; echo $?; true | false; echo $?; ! false | false; echo $?

echo to file >f; cat f; echo more >>f; cat <f; wc -l <f; echo over >f; cat f

# A5.2
echo out; echo err >&2; { echo o; echo e >&2; } 2>&1 | sort; cat /nosuch 2>/dev/null; echo $?; cat /nosuch >all 2>&1; wc -l <all

{ echo one; echo two; } >f; cat f; for i in 1 2; do echo $i; done >g; cat g; while read x; do echo "<$x>"; done <g

exec 3>f; echo three >&3; exec 3>&-; cat f; exec 4<f; read x <&4; echo "$x"; echo lost 2>/dev/null >&3; echo $?

echo x >f 2>&1 <f; cat f; >empty; wc -c <empty; echo a >|f; cat f; : <>f; cat f

cat <<E
plain $((1 + 1)) $(echo sub) \$x `echo bq` "quotes"
plain $((1 + 1)) $(echo sub) \$x `echo bq` "quotes"
E
cat <<'E'
plain $((1 + 1)) \$x
E

x=val; cat <<-E
	tab $x
	  mixed
	E
cat <<A; cat <<B
a
A
b
B

cat <<E | tr a-z A-Z
piped
E
f() { cat <<E
in function $1
E
}; f arg

if true; then cat <<E
in if
E
fi; echo after

x=1 y=2; echo $x$y; x=3 env | grep '^x='; echo $x; export x; env | grep '^x='; x=9; env | grep '^x='

x=1; export y=2; sh -c 'echo "[$x][$y]"'; unset y; sh -c 'echo "[$y]"'; readonly z=5; echo $z

f() { echo $a$b; }; a=1 b=2 f; echo "[$a$b]"; a=3 b=4 true; echo "[$a$b]"; a=5 b=6 :; echo "[$a$b]"

f() { echo $x; }; x=1; x=2 f; echo $x; x=3 :; echo $x; x=4 true; echo $x

eval 'x=5; echo $x'; y='echo "a  b"'; eval $y; eval "$y"; eval; echo $?; eval 'exit 3' | cat; eval false; echo $?

echo 'echo sourced $1; x=7; return 4; echo not' >f; . ./f; echo $? $x; . ./f arg 2>/dev/null | head -1

echo 'echo "script $0 $1"; exit 5' >s; chmod +x s; ./s a | sed 's/.*script //'; ./s >/dev/null; echo $?

test a = a && echo eq; [ a != b ] && echo ne; [ -z "" ] && echo z; [ -n x ] && echo n; [ 3 -gt 2 ] && echo gt; [ x ]; echo $?; [ ]; echo $?; [ "" ]; echo $?

>f; mkdir d; [ -f f ] && [ -d d ] && [ -e f ] && [ ! -s f ] && [ -r f ] && [ ! -x f ] && [ -x d ] && echo files; [ -L f ]; echo $?

[ 1 -eq 1 -a 2 -eq 2 ] && echo a; [ 1 -eq 2 -o 2 -eq 2 ] && echo o; [ ! 1 -eq 2 ] && echo not; [ \( 1 -eq 1 \) ] && echo p; [ 1 = 2 ]; echo $?; [ a -eq 1 ] 2>/dev/null; echo $?

>b.c; >a.c; >.h; mkdir d; >d/x; echo *; echo *.c; echo ?.c; echo [a]*; echo */*; echo *.none; echo "*"; echo .*h; echo \*

>'a b'; for f in *; do echo "[$f]"; done; x='*'; echo $x "$x"; set -f; echo *; set +f; echo *

mkdir -p p/q; >p/q/r; cd p; echo q/*; cd ..; echo p/*/r /etc/pass[w]d; cd p/q; cd ../..; echo */*/*; cd p && cd - >/dev/null; echo p*

echo ~ | grep -c /; HOME=/somewhere; echo ~ ~/x "~" a~ x=~ ~nosuchuser; x=~/y; echo $x; x=a:~; echo $x

cd /usr; pwd; echo $PWD; cd bin; echo $PWD $OLDPWD; cd ..; pwd; cd -; cd /nosuch 2>/dev/null; echo $?; cd /usr/./bin/../sbin; pwd

sleep 0 & wait $!; echo $?; (exit 7) & wait $!; echo $?; false & true & wait; echo $?; wait 99999 2>/dev/null; echo $?

(sleep 0.2; echo late) & echo early; wait; echo done; x=$!; [ -n "$x" ] && echo pid

trap 'echo exiting' EXIT; echo working; exit 3

trap 'echo usr1' USR1; kill -USR1 $$; echo after; trap - USR1; trap 'echo term; exit 9' TERM; kill $$; echo not reached

trap '' INT; kill -INT $$; echo ignored; (trap 'echo sub' EXIT; echo in sub); trap

f() { trap 'echo t' EXIT; }; f; echo x; trap - EXIT; echo y

set -e; true; false || echo survived; if false; then :; fi; ! true; false && true; echo here; false; echo not here

set -e; f() { false; echo in f; }; f || echo f failed; x=$(false) || echo x; (false); echo not here

set -e; while false; do :; done; echo ok; x=$(false); echo not here

set -u; echo ${x-unset}; x=1; echo $x; echo "$@" $#; echo $nosuch; echo not here

echo ${x?gone} 2>/dev/null; echo not here

(echo ${x:?gone}) 2>/dev/null; echo $?

readonly r=1; (r=2) 2>/dev/null; echo $?; (unset r) 2>/dev/null; echo $r

set -x; echo traced 2>/dev/null; set +x

set -- -a -b val -c file; while getopts ab:c o; do echo "$o=$OPTARG"; done; shift $((OPTIND - 1)); echo "$@"

set -- -xyz -b; while getopts :xb: o; do echo "$o [$OPTARG]"; done; echo $OPTIND; getopts a o x; echo $? $o

printf '%s %d %x %o %c|%5s|%-5s|%05d\n' str 42 255 8 char ab cd 42; printf '%b' 'a\tb\n'; printf '%s\n' a b c; printf '%%\n'

printf '%d %i\n' 0x1f 010; printf '[%s]\n'; printf '%.2s|%3d|%+d\n' abcdef 5 7; printf 'no args\n' extra; printf '%*d\n' 5 42

umask 022; umask; umask 077; >f; ls -l f | cut -c1-10; umask 0; umask

type cd >/dev/null; echo $?; type nosuchcommand >/dev/null 2>&1; echo $?; command -v cd; command -v nosuch; echo $?; command echo hi; f() { echo f; }; command -v f

exec echo replaced; echo not here

exec nosuchcommand 2>/dev/null; echo not here

echo before; exit 300; echo not here

exit 7 | true; echo $?; (exit 256); echo $?

a=1; b=2; echo $a$b${a}b"$a"'$a'; a=$b$a; echo $a; a='x y' b=$a; echo "$b"; c=$(echo "$a"); echo "$c"

echo a#b # comment
# whole line
echo 'a # b' \# c

echo one; echo two & wait; echo three;

if true
then
    echo lines
    for x in 1 \
        2 3
    do echo $x; done
fi

{ echo a; } && { echo b; } || echo c; (echo d) && (exit 1) || echo e

f() if true; then echo body; fi; f; g() for x in 1 2; do echo $x; done; g; h() { echo h; } >f; h; cat f

echo done if then else fi while do esac; for in in in; do echo $in; done; case in in in) echo in;; esac

x='echo a; echo b'; $x; x=echo; $x word; $none echo left; "" 2>/dev/null; echo $?

x=abc; echo "$x"def ${x}def "${x}"'def' $x'$x'"$x"; echo "a'b" 'a"b' "\$x \\ \`"; echo "a$"; echo $; echo "$ x"

echo "nested ${none:-"in quotes $x"} ${none:-'single'}" ${none:-'s q'} ${none:-"d q"}; echo "${none:-a}b}"

echo $(echo ')' "(" \) ; case x in x) echo c;; esac); echo "$(cat <<E
here in sub
E
)"

echo `echo a \`echo b\` c` "`echo "x y"`"; x=`echo '\\a'`; echo "$x"

i=0; while :; do i=$((i + 1)); case $i in 3) continue;; 6) break;; esac; echo $i; done

x=1; { x=2; echo $x; } | cat; echo $x; echo 5 | read x; echo $x; x=3 | true; echo $x

f() { echo $1; [ $1 -gt 0 ] && f $(($1 - 1)); }; f 3; echo $?

{ sleep 5; echo no; } & kill $!; wait $!; echo $?; sleep 5 & kill -9 $!; wait $!; echo $?

sh -c 'kill -TERM $$' 2>/dev/null; echo $?; sh -c 'exit 5'; echo $?

kill -l 9; kill -l TERM; kill -0 $$; echo $?; kill -0 999999 2>/dev/null; echo $?

time=5; select=6; function=7; echo $time$select$function

set -o noglob; echo *; set +o noglob; set -C; echo a >new; (echo b >new) 2>/dev/null; echo $?; cat new

export A=1 B="two words"; env | grep -E '^(A|B)=' | sort; export -p | grep 'B='

unset x; unset nosuch; echo $?; x=1; unset x; echo "[$x]"; f() { :; }; unset f; f; echo $?

x=5; (x=6; (x=7; echo $x); echo $x); echo $x; echo $(x=8; echo $x) $x

true | { read x; echo "$? [$x]"; }; : | cat; yes | head -2; echo abc | { cat; echo end; }

echo "multi
line"; echo 'single
line'; x="a
b"; echo "$x"; echo $x

for x in; do echo never; done; echo $?; for x in ''; do echo "[$x]"; done

cat /dev/null; echo $?; cat <<E >f
to file
E
cat f; rm f; [ -e f ]; echo $?

x=hello; echo ${#x} ${#none} ${#}; set -- a b; echo ${#} ${#1} $# ${2}; echo $1$2 "$1$2"

set -- 1 2 3 4 5 6 7 8 9 ten eleven; echo $10 ${10} ${11} $#; shift 9; echo $1 $*

true && { echo grouped; false; } || echo alt; { true; false; }; echo $?; { false; true; }; echo $?

break; continue; echo $?; f() { break; }; for i in 1 2; do f; echo $i; done

while true; do while true; do break; done; echo inner done; break; done; echo $?

x=0; until x=$((x + 1)); [ $x -ge 3 ]; do echo $x; done; while x=$((x - 1)); [ $x -gt 0 ]; do echo $x; done

if (exit 3); then :; else echo $?; fi; (exit 4) || echo $?; (exit 5); case $? in 5) echo five;; esac

echo "$(printf 'a\0b' | tr '\0' x)"; printf '\101\n'; printf 'a\\b\n'; printf '%s' "a\\b"; echo

f() { echo "args: $*"; }; f $(echo 1 2 3) "$(echo 4 5)" `echo 6`; set -- $(echo a b); echo $2

wait; echo $?; jobs

echo start >log; { echo a; { echo b; } >&2; } 2>>log >>log; cat log; echo x 3>f >&3; cat f; echo y >f 3>&1 >&3 | cat; cat f

echo 'if true; then' >bad; sh bad 2>/dev/null; echo $?; eval 'echo )' 2>/dev/null; echo not here

echo ok; echo 'unterminated

echo first; fi; echo second
