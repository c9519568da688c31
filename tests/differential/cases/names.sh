# Names, mounts and odd corners of the VFS. Blocks are separated by blank lines; see ../README.md.
ln -s b a; ln -s a b; cat a; echo $?; ls -l a | wc -l; cat a/x; echo $?

mkdir -p d/e; ln -s d/e l; cd l; pwd; pwd -P; cd ..; pwd; ls l/..

touch f; cat f/; echo $?; cat f/x; echo $?; cat nothere/x; echo $?; ls f/.; echo $?

n=$(printf '%0255d' 0); touch $n; ls | wc -c; touch ${n}1; echo $?

mkdir d; chmod 1777 d; touch d/f; stat -c '%a %A %F' d d/f; chmod u+s,g+s d/f; stat -c '%a %A' d/f

mkdir m; mount -t tmpfs -o size=64k,mode=700 none m; stat -c '%a %F' m; dd if=/dev/zero of=m/f bs=1k count=100 2>&1 | tail -1 | cut -d' ' -f1-2; wc -c < m/f; umount m; ls m; echo $?

mkdir m; mount -t tmpfs x m; cd m; umount ../m; echo $?; cd ..; umount m; echo $?; umount m; echo $?

mkdir a b; touch a/f; mount -o bind a b; ls b; touch b/g; ls a; umount b; ls b; echo $?

mkdir m; mount -t nosuchfs none m; echo $?; mount -t tmpfs none nothere; echo $?

mkdir m; mount -t tmpfs none m; touch m/f; mount -o remount,ro m; touch m/g; echo $?; rm m/f; echo $?; umount m

mkfifo p; stat -c %F p; (echo one; echo two) > p & cat p; wait; rm p

mknod n c 1 3; echo lost > n; cat n; stat -c '%F %t %T' n; rm n

dd if=/dev/zero of=s bs=1 count=1 seek=1000000 2>/dev/null; stat -c '%s' s; du s | cut -f1; cp s t; cmp s t; echo $?

truncate -s 5000 f; wc -c f; truncate -s 10 f; wc -c f; od -c f

echo 0123456789 > f; dd if=/dev/null of=f bs=1 seek=4 2>/dev/null; cat f; echo; echo x >> f; cat f

exec 3> f; echo a >&3; exec 4>&3; echo b >&4; exec 3>&-; echo c >&4; exec 4>&-; cat f

exec 3<> f; echo hello >&3; cat <&3; exec 3>&-; cat f

echo text > f; exec 3< f; rm f; cat <&3; ls; exec 3<&-

mkdir d; cd d; rmdir ../d; ls; echo $?; touch x; echo $?; cd ..

touch a b; ln a c; mv a c; ls; stat -c %h c; mv -n b c; ls

mkdir a; mv a a/b; echo $?; mkdir -p x/y; mv x/y .; ls -R | head -20

mkdir d e; touch e/f; mv d e; mv -T e/d e; echo $?; rmdir e; echo $?

touch -d '2001-02-03 04:05:06' f; stat -c '%y %Y' f; touch -r f g; stat -c %Y g; cp -p f h; stat -c %Y h

umask 077; touch f; mkdir d; stat -c %a f d; umask; umask 022; touch g; stat -c %a g

(flock 9; echo locked) 9> l; flock l echo again; echo $?

for i in 1 2 3 4 5; do touch n$i; done; find . -type f; rm n3; touch n3; find . -type f

cat /dev/full | head -c 4 | od -c; echo x > /dev/full; echo $?; head -c 3 /dev/zero | od -c; head -c 8 /dev/urandom | wc -c

mkdir -p r/bin; cp /bin/busybox r/bin/sh; chroot r /bin/sh -c 'pwd; echo /*; cd ..; pwd'; echo $?

seq 1 20000 | (sleep 0.2; tail -1); yes | head -3; echo $?

mkdir d; touch d/.h d/v; ls -A d; ls -a d; rm -rf d; ls

ln -s /etc/nothere l; ls -L l; echo $?; readlink -f l; echo x > l; echo $?; rm l; ls

cp /bin/busybox b; ./b true; echo $?; chmod -x b; ./b true; echo $?; mkdir d; ./d; echo $?

touch f; chmod 000 f; cat f; echo $?; test -r f; echo $?; su nobody -s /bin/sh -c 'cat f'; echo $?

stat -f -c '%T %s %l' . ; df -T . | tail -1 | awk '{print $2}'; ls -id / | awk '{print NF}'
