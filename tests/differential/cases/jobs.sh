# Signals, jobs and waiting, in shells with and without a terminal of their own.
trap 'echo usr1' USR1; trap 'echo usr2' USR2; kill -USR2 $$; kill -USR1 $$; trap - USR1; trap; (trap); sh -c 'trap'

trap 'echo one' USR1; (kill -USR1 $$); echo between; trap '' USR1; sh -c 'kill -USR1 $$; echo survived'; trap - USR1; sh -c 'kill -USR1 $$; echo no'; echo $?

trap 'echo exit $?' EXIT; (exit 3); (trap 'echo inner' EXIT; exit 4); sh -c 'exit 5'; false

trap 'echo exit' EXIT; trap 'exit 7' TERM; kill $$; echo no

exec 2>/dev/null; for s in 1 2 3 6 9 13 14 15; do sh -c "kill -$s \$\$"; echo $s $?; done; (sh -c 'kill -9 $$'; echo $?); ! sh -c 'kill -9 $$'; echo $?

exec 2>/dev/null; for s in STOP; do sleep 9 & p=$!; until grep -q sleep /proc/$p/comm; do :; done; kill -$s $p; until grep -q '^State:.T' /proc/$p/status; do :; done; grep State /proc/$p/status; kill -CONT $p; until grep -q '^State:.S' /proc/$p/status; do :; done; kill $p; wait $p; echo $?; done

exec 2>/dev/null; sleep 9 & until grep -q sleep /proc/$!/comm; do :; done; kill -STOP $!; until grep -q '^State:.T' /proc/$!/status; do :; done; kill -TERM $!; grep -E '^(State|ShdPnd)' /proc/$!/status; kill -CONT $!; wait $!; echo $?

exec 2>/dev/null; sleep 9 & until grep -q sleep /proc/$!/comm; do :; done; kill -STOP $!; kill -KILL $!; wait $!; echo $?

exec 2>/dev/null; setsid sleep 9 & until grep -q sleep /proc/$!/comm; do :; done; awk '{print ($5 == $1), ($6 == $1), $7, $8}' /proc/$!/stat; kill -TERM -$!; wait $!; echo $?

exec 2>/dev/null; (sh -c 'sleep 9 & echo $! >pid; kill -9 $$'); until [ -s pid ]; do :; done; p=$(cat pid); until [ "$(awk '{print $4}' /proc/$p/stat)" = 1 ]; do :; done; echo adopted; kill $p

set -m; sleep 9 & awk '{print ($5 == $1)}' /proc/$!/stat; kill $!; set +m; sleep 9 & awk -v g=$(awk '{print $5}' /proc/$$/stat) '{print ($5 == g)}' /proc/$!/stat; kill $!

(exit 3) & a=$!; (exit 4) & b=$!; wait $b; echo $?; wait $a; echo $?; wait $a; echo $?; wait; echo $?; wait 1; echo $?; wait %3; echo $?; wait x; echo $?

mkfifo p; (read x <p; exit 5) & a=$!; (exit 6) & wait $!; echo $?; echo >p; wait $a; echo $?

true & wait $!; echo $?; false & wait $!; echo $?; nosuch 2>/dev/null & wait $!; echo $?; /etc/passwd 2>/dev/null & wait $!; echo $?; (kill -9 $(exec sh -c 'echo $PPID')) 2>/dev/null; echo $?

for i in 1 2 3 4 5; do (exit $i) & done; wait; echo $?; n=0; for i in 1 2 3 4 5 6 7 8 9 10; do (exit 0) & n=$((n + 1)); done; wait; echo $n

sleep 0.05 | sleep 0.01 | true; echo $?; echo a | { read x; echo $x; exit 9; }; echo $?; { exit 2; } | cat; echo $?

timeout 0.2 sleep 9; echo $?; timeout -s INT 0.2 sleep 9; echo $?; timeout -s KILL 0.2 sleep 9; echo $?; timeout 5 nosuch; echo $?; timeout 5 sh -c 'kill -9 $$'; echo $?

time -f '%x %C' sh -c 'exit 3'; echo $?; time -o t -f %x true; cat t; time -p true 2>&1 | awk '{print $1}'; (time true) 2>&1 | awk '{print $1}' | tr '\n' ' '

seq 4 | xargs -P 4 -n 1 sh -c 'echo $0' | sort; seq 3 | xargs -n 1 sh -c 'exit $0'; echo $?; echo x | xargs sh -c 'exit 255'; echo $?; echo x | xargs nosuch; echo $?; echo x | xargs sh -c 'kill -9 $$'; echo $?

corners shell <<'X'
echo hello
tty | sed 's/[0-9]*$/N/'
sleep 99
^C
echo $?
sleep 98
^Z
jobs
fg
^C
echo $?
cat
^D
echo $?
exit
X

corners shell <<'X'
sleep 99 &
jobs | sed 's/[0-9][0-9]*/N/g'
kill %1; wait
cat
^\
echo $?
stty size
stty -a | grep -o 'intr = ^C'
trap 'echo interrupted' INT
sleep 97
^C
echo after
exit 3
X

corners shell <<'X'
sh -c 'sleep 96; echo not reached'
^C
echo $?
exit 3
X

corners shell <<'X'
sh
echo $-
exit 4
echo $?
stty -echo; stty echo
exec sh -c 'echo replaced; exit 5'
X

sh -i -c 'echo $-; jobs' 2>/dev/null </dev/null | head -1; sh -c 'set -m; echo $-' 2>/dev/null; tty; echo $?; cat </dev/tty; echo $?; stty -a </dev/null; echo $?

setsid -c true; echo $?; setsid sh -c 'cat </dev/tty'; echo $?; setsid setsid true; echo $?; sh -c 'exec setsid sh -c "echo \$((\$\$ > 0))"'

nice -n 5 nice -n 10 nice; nice -n 19 nice -n 5 nice; nice -n -30 nice; su user -c 'nice -n -1 nice; echo $?'; su user -c 'renice -n -5 -p $$; echo $?; renice -n 3 -p $$; nice; renice -n 0 -p $$; echo $?; renice -n 1 -p 1; echo $?'

chrt -p $$ 2>/dev/null; ionice -c 2 -n 3 ionice; ionice -c 3 ionice; ionice -c 9 true; echo $?; taskset 1 sh -c 'taskset -p $$' | sed 's/pid [0-9]*/pid/'; taskset 0 true; echo $?; nproc

ulimit -S -n 50; ulimit -n 60; ulimit -H -n 70; ulimit -n; ulimit -H -n; ulimit -n 80; echo $?; su user -c 'ulimit -H -n 99999; echo $?' 2>&1 | tail -1

ulimit -u 1; true | true; echo $?; su user -c 'ulimit -u 1; true | true; echo $?' 2>&1 | head -2

ulimit -v 3000; sh -c 'x=$(head -c 5000000 /dev/zero | tr "\0" x); echo ${#x}' 2>/dev/null; echo $?

ulimit -s 100; sh -c 'f() { f; }; f' 2>/dev/null; echo $?; ulimit -s; awk '/stack/ {print $4, $5}' /proc/self/limits
