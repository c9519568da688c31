# What /proc and the programs that read it say: the shape of each file, by its keys and fields.
cut -d: -f1 /proc/self/status | head -60 | grep -vE '^(NStgid|NSpid|NSpgid|NSsid|Speculation|Cpus|Mems|THP|x86|HugetlbPages|CoreDumping|untag|SeccompF|VmL|VmP|Rss|SigQ)'

grep -E '^(Umask|State|Ngid|TracerPid|FDSize|Threads|NoNewPrivs|SigIgn|SigCgt|ShdPnd|SigPnd|SigBlk)' /proc/self/status

umask 027; grep Umask /proc/self/status; (trap '' USR1 TERM; grep SigIgn /proc/self/status); grep -E '^(Uid|Gid)' /proc/self/status

su user -c 'grep -E "^(Uid|Gid|CapEff|CapPrm|CapInh)" /proc/self/status'; ls -ld /proc/self/ | awk '{print $3, $4}'; su user -c 'ls -ld /proc/self/' | awk '{print $3, $4}'

awk '{print NF}' /proc/self/stat /proc/self/statm /proc/loadavg /proc/uptime; awk '{print $2, $3, $8, $18, $19, $20}' /proc/self/stat

cat /proc/self/limits | cut -c1-26; grep -E 'stack|core|open files|data|locked|priority' /proc/self/limits | awk '{$1=$1; print}' | grep -v 'locked'

ulimit -n 77; ulimit -c 5; ulimit -s 4096; grep -E 'files|core|stack' /proc/self/limits | awk '{$1=$1; print}'

awk '{print $6}' /proc/self/maps | grep -E '^\[(heap|stack)' | sort

awk '{split($1, a, "-"); if (a[1] >= a[2]) print "bad"; if (a[1] < last) print "order"; last = a[2]}' /proc/self/maps; awk '{print length($2), NF >= 5}' /proc/self/maps | sort -u

cut -d: -f1 /proc/meminfo | head -3; for k in MemTotal MemFree MemAvailable Buffers Cached Active Inactive SwapTotal SwapFree Dirty Mapped Shmem Slab PageTables; do grep -c "^$k: *[0-9]* kB$" /proc/meminfo; done | tr '\n' ' '

awk '{print $1}' /proc/stat | grep -vE '^(cpu[0-9]|softirq)' | tr '\n' ' '; awk '/^cpu /{print NF}' /proc/stat; awk '/^(btime|processes|ctxt)/{print $1, $2 > 0}' /proc/stat

awk '{print NF; print ($1 ~ /^[0-9]+\.[0-9][0-9]$/), ($2 ~ /^[0-9]+\.[0-9][0-9]$/)}' /proc/uptime; awk '{print ($1 ~ /^[0-9]+\.[0-9][0-9]$/), ($4 ~ /^[0-9]+\/[0-9]+$/), ($5 > 0)}' /proc/loadavg

cut -d' ' -f1-3 /proc/version | cut -d' ' -f1,2; cat /proc/filesystems | grep -wE 'tmpfs|proc|devpts|devtmpfs' | sort

grep -E ' /(proc|dev|dev/pts) ' /proc/self/mountinfo | awk '{print NF, $4, $5, $6, $(NF-2)}' | cut -d, -f1; awk '{print $2}' /proc/mounts | sort | grep -v '^/sys'

mkdir m; mount -t tmpfs -o size=1m,nosuid,nodev,noexec,mode=711 name m; grep "$PWD/m" /proc/mounts | sed "s#$PWD#HERE#; s/,inode64//"; mount -o remount,ro,nosuid m; grep "$PWD/m" /proc/mounts | awk '{print $4}' | cut -d, -f1,2; umount m

tr '\0' ' ' </proc/self/cmdline; echo; tr '\0' '|' </proc/self/cmdline "" 2>/dev/null; sh -c 'tr "\0" "|" </proc/$$/cmdline; true' name 'a b' ''

A='x y' B= env -i A='x y' B= /bin/busybox tr '\0' '|' </proc/self/environ | head -c 0; env -i A='x y' B= /bin/busybox cat /proc/self/environ | tr '\0' '|'; echo

readlink /proc/self/exe /proc/self/root; cp /bin/busybox mine; ./mine readlink /proc/self/exe | sed "s#$PWD#HERE#"; ln mine other; ./other readlink /proc/self/exe | sed "s#$PWD#HERE#"

cp /bin/busybox sleep; ./sleep 9 & until grep -q sleep /proc/$!/comm; do :; done; rm sleep; readlink /proc/$!/exe | sed 's#.*/##'; cat /proc/$!/comm; /proc/$!/exe echo by link

cat /proc/self/comm; printf renamed >/proc/self/comm; echo $?; cat /proc/$$/comm; printf a-name-longer-than-fifteen >/proc/$$/comm; cat /proc/$$/comm; grep Name /proc/$$/status

cat /proc/$$/oom_score_adj; echo 500 >/proc/$$/oom_score_adj; cat /proc/$$/oom_score_adj; sh -c 'cat /proc/self/oom_score_adj'; echo 2000 >/proc/$$/oom_score_adj; echo $?; echo -1000 >/proc/$$/oom_score_adj; echo $?; cat /proc/self/oom_score_adj

cat /proc/self/personality; cat /proc/self/wchan; echo; su user -c 'cat /proc/1/personality; echo $?'; chmod 600 /proc/self/comm; echo $?; echo x >/proc/1/comm; echo $?

ls /proc/self/task | wc -l; ls /proc/self/task/$$ 2>/dev/null; t=$(ls /proc/$$/task); cat /proc/$$/task/$t/comm; ls /proc/$$/task/$t | grep -cE '^(status|stat|comm|maps|fd|cmdline)$'

ls -d /proc/[0-9]* | grep -c /1$; ls /proc | grep -E '^(self|thread-self|stat|meminfo|mounts|uptime|version|cmdline|filesystems|loadavg|cpuinfo|interrupts|sys)$'

readlink /proc/self | grep -c '^[0-9]*$'; readlink /proc/thread-self | sed 's/[0-9][0-9]*/N/g'; readlink /proc/mounts; ls -ld /proc/self /proc/mounts /proc/thread-self | cut -c1-10; ls -ld /proc/1 /proc/1/fd /proc/1/task /proc/1/environ /proc/1/cmdline /proc/1/exe | cut -c1-10

su user -c 'ls /proc/1/fd; echo $?; cat /proc/1/environ; echo $?; readlink /proc/1/exe; echo $?; readlink /proc/1/cwd; echo $?; cat /proc/1/comm'

su user -c 'cat /proc/self/environ | tr "\0" "\n" | grep -c HOME; ls /proc/self/fd >/dev/null; echo $?; echo x >/proc/sys/kernel/hostname; echo $?'

echo x >/proc/self/environ; echo $?; echo x >/proc/meminfo; echo $?; echo x >/proc/nosuch; echo $?; rm /proc/self/comm; echo $?; ln -s x /proc/y; echo $?

ls /proc/sys/kernel | grep -xE 'hostname|domainname|osrelease|ostype|version|pid_max|randomize_va_space|ngroups_max|cap_last_cap|overflowuid|overflowgid'

cd /proc/sys/kernel; cat ostype hostname domainname cap_last_cap ngroups_max overflowuid overflowgid randomize_va_space; wc -c <version | grep -c .

cd /proc/sys/vm; ls | grep -xE 'overcommit_memory|max_map_count|mmap_min_addr'; cat overcommit_memory max_map_count mmap_min_addr

cd /proc/sys/fs; ls | grep -xE 'nr_open|pipe-max-size|protected_hardlinks|suid_dumpable'; cat nr_open pipe-max-size suid_dumpable protected_hardlinks

sysctl -n kernel.hostname kernel.ostype; sysctl -w kernel.hostname=other; hostname; sysctl -w kernel.hostname=linnet; sysctl -q kernel.nosuch; echo $?

cd /proc/sys/vm; ls -l drop_caches | cut -c1-10; cat drop_caches; echo $?; for i in 3 1 5 0 x; do echo $i >drop_caches; echo $?; done; ls /proc/self/comm /bin/sh

echo newname >/proc/sys/kernel/hostname; hostname; uname -n; printf linnet >/proc/sys/kernel/hostname; hostname; cat /proc/sys/kernel/hostname

head -c 3 /proc/version; dd if=/proc/version bs=1 skip=2 count=3 2>/dev/null; echo; tail -c 1 /proc/uptime | od -An -c; dd if=/proc/self/stat bs=1 count=2 2>/dev/null | grep -c .; stat -c '%s %F' /proc/version /proc/self/stat /proc/self /proc/self/fd /proc/self/exe | cut -d' ' -f2-

ps -o pid,ppid,pgid,comm,stat,tty,vsz,rss,nice,args | head -1; ps -o comm,stat | awk '$1 == "ps"{print $2}'; ps -o pid,comm | awk '$1 == 1{print $2}'; ps -o user,group,comm | awk '$3 == "init"'

(exec sleep 9) & until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done; ps -o pid,ppid,args | awk -v p=$! '$1 == p{print $3, $4}'; ps -o pid,stat | awk -v p=$! '$1 == p{print $2}'; kill $!; ps -T 2>/dev/null | head -0

top -b -n1 | head -4 | sed 's/[0-9.]\+[KMG%]*/N/g' | tr -s ' ' | head -3 | cut -c1-40 | sed 's/ *$//'; top -b -n1 | sed -n 4p | tr -s ' '

free | awk '{print NF, $1}'; free -k | awk '/Mem/{print ($2 > $3)}'; free -b | awk '/Mem/{print ($2 > 1000000)}'; uptime | sed 's/[0-9]\+/N/g' | grep -c 'load average: N.N, N.N, N.N'

df | head -1; df -h /dev/shm 2>/dev/null | head -0; mkdir m; mount -t tmpfs -o size=100k x m; df -k m | tail -1 | awk '{print $1, $2, $3, $4, $5}'; head -c 50000 /dev/zero >m/f; df -k m | tail -1 | awk '{print $3, $4, $5}'; stat -f -c '%b %f %a %S %s %T' m; df -i m | tail -1 | awk '{print NF}'; umount m

dmesg | head -0; dmesg -c >/dev/null; dmesg | wc -l; echo '<4>hello from user' >/dev/kmsg; dmesg | tail -1 | sed 's/^\[[^]]*\] //'; dmesg -s 100 | wc -c | grep -c .; su user -c 'dmesg -c >/dev/null'; echo $?

cat /proc/cmdline | tr ' ' '\n' | grep -E '^(console|panic|quiet)'; cat /proc/1/cmdline | tr '\0' ' '; echo; cat /proc/1/comm; readlink /proc/1/exe

sleep 9 & p=$!; until grep -q sleep /proc/$p/comm; do :; done; cat /proc/$p/syscall 2>/dev/null | head -0; awk '{print $4 == '$$', $5 == $6, $9}' /proc/$p/stat | cut -d' ' -f1; ls /proc/$p/fd | tr '\n' ' '; kill $p; wait $p 2>/dev/null; ls /proc/$p 2>/dev/null; echo $?

sh -c 'exec 3>/dev/null; cd /; exec sleep 9' & until grep -q sleep /proc/$!/comm; do :; done; readlink /proc/$!/cwd /proc/$!/fd/3; cat /proc/$!/task/$!/children 2>/dev/null; ls -l /proc/$!/fd/3 | cut -c1-10; kill $!

awk '/^nr_(open|hugepages)/' /proc/self/status; grep -c . /proc/self/cgroup >/dev/null 2>&1; ls /proc/self/ns 2>/dev/null >/dev/null; ls /proc/self | grep -xE 'cgroup|cmdline|comm|cwd|environ|exe|fd|fdinfo|limits|maps|mountinfo|mounts|oom_score_adj|personality|root|stat|statm|status|task|wchan'
