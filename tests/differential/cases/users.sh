# Users, groups and permissions.
id; id -u; id -un; id -g; whoami; groups

id nobody; id user; id nosuch; echo $?

su user -c 'id -u; id -un; cd; pwd' 2>&1

echo secret > f; chmod 600 f; chmod 755 .; su user -c "cat $PWD/f; echo \$?"

echo open > f; chmod 644 f; chmod 755 .; su user -c "cat $PWD/f; echo more >> $PWD/f; echo \$?"

chmod 755 .; mkdir d; chmod 711 d; echo x > d/f; su user -c "ls $PWD/d; cat $PWD/d/f"

chmod 755 .; mkdir d; chmod 777 d; su user -c "touch $PWD/d/mine; stat -c %U $PWD/d/mine; rm $PWD/d/mine; ls $PWD/d"

chmod 755 .; mkdir d; chmod 1777 d; touch d/root; su user -c "rm -f $PWD/d/root; echo \$?"; ls d

su user -c 'kill -9 1; echo $?' 2>&1

su user -c 'touch /newfile; echo $?; mkdir /newdir; echo $?' 2>&1

su user -c 'chown root /tmp; echo $?; mknod x c 1 3; echo $?; chroot / true; echo $?' 2>&1

printf '#!/bin/sh\necho ran\n' > s; ./s; echo $?; chmod 755 s; ./s

chmod 755 .; printf '#!/bin/sh\necho ran\n' > s; chmod 644 s; su user -c "$PWD/s; echo \$?" 2>&1; chmod 700 s; su user -c "$PWD/s; echo \$?" 2>&1

chmod 755 .; touch f; su user -c "chmod 777 $PWD/f; echo \$?; chown user $PWD/f; echo \$?" 2>&1

setpriv --nnp true 2>/dev/null; echo $?; su nobody -s /bin/sh -c 'id -u'

hostname; uname -s; uname -m; uname -o; nproc >/dev/null && echo ok; arch

logname 2>/dev/null; echo $?; tty; echo $?; who; echo $?

mkdir jail jail/bin; cp /bin/busybox jail/bin; chroot jail /bin/busybox ls /; chroot jail /bin/busybox pwd

su user -c 'ulimit -n' | grep -c .; ulimit -c; ulimit -n 10; ulimit -n

su user -c 'nice -n -5 true; echo $?' 2>&1

chmod 755 .; mkdir d; touch d/f; chmod 700 d; su user -c "cd $PWD/d; echo \$?; ls $PWD/d/f; echo \$?" 2>&1
