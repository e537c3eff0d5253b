/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file prior.c
 * \brief The text that every state has read before its block begins: prose and
 *        the words and layouts that logs are made of. Written for this purpose;
 *        it is wire format.
 */
#include "models/prior.h"

/* clang-format off */
const char *const mdci_prior[MDCI_PRIOR_LINES] = {
    "\"I do not know what you mean,\" said the old man, rather sadly, as he "
    "went down to the water. \"It was not very long ago,\" thought the girl, "
    "\"that they all came here, and nobody would ever have asked such a "
    "question!\" She had been looking at them for some time, and at last she "
    "began again: \"If there were any more of it, you might as well say so "
    "at once.\" \"Oh, don't!\" cried another, in a great hurry; \"that isn't "
    "the way, you know.\" But he only shook his head, and there was nothing "
    "to be done about it, so they sat down upon the little bench and waited, "
    "wondering what could possibly happen next.\n",
    "\n",
    "The house stood by itself, with its back to the hill; and when we had "
    "turned the corner, one of us heard a voice from the other side of the "
    "door. \"Which of these is yours?\" he asked. \"Well, I never!\" she "
    "replied; \"that's just what I should like to be told, and I think it'll "
    "be quite a different thing before the day is over.\" Then, without "
    "another word, she put her hand into the box, took out the first of "
    "them, and gave it to him.\n",
    "2024-01-02 03:04:05,678 INFO  [main] org.example.server.Service: "
    "Starting service on port 8080\n",
    "2024-01-02 03:04:05,681 WARN  [worker-1] com.example.net.Client: "
    "Connection refused by remote host, retry in 30 seconds\n",
    "2024-01-02 03:04:06,012 ERROR [worker-2] java.io.IOException: Broken "
    "pipe; closing socket and shutting down thread\n",
    "2024-01-02 03:04:06,013 DEBUG [pool-3-thread-7] Received request from "
    "client /192.168.0.1:43210 with timeout 10000 ms\n",
    "2024-01-02 03:04:07,100 TRACE Processing message id=1 type=heartbeat "
    "status=success size=1024 bytes\n",
    "2024-01-02 03:04:07,101 FATAL Exception in thread \"main\" "
    "java.lang.NullPointerException at com.example.Main.run(Main.java:42)\n",
    "Jan  2 03:04:05 host1 kernel: eth0: link up, full duplex; memory: 1024k "
    "available, cpu 0 initialized\n",
    "Feb 12 13:14:15 server sshd[1234]: Accepted publickey of admin from "
    "10.0.0.1 port 22 ssh2\n",
    "Mar 23 23:24:25 node7 systemd[1]: Started Daily Cleanup of Temporary "
    "Directories.\n",
    "Apr  4 04:05:06 gateway cron[987]: (root) CMD (/usr/local/bin/backup.sh "
    "> /dev/null 2>&1)\n",
    "May 15 05:06:07 mail postfix/smtpd[4321]: disconnect from "
    "unknown[172.16.0.9]\n",
    "Jun 26 06:07:08 www httpd: child process exited, signal Segmentation "
    "fault (11)\n",
    "Jul  7 07:08:09 db mysqld[555]: Access denied for user "
    "'guest'@'localhost' (using password: NO)\n",
    "Aug 18 08:09:10 proxy squid[66]: Failed to open file "
    "/var/log/cache.log: Permission denied\n",
    "Sep 29 09:10:11 dns named[77]: client query failed: no such domain, "
    "server not found\n",
    "Oct 10 10:11:12 vpn openvpn: TLS error: handshake failed, invalid "
    "certificate, check your network connectivity\n",
    "Nov 11 11:12:13 ftp vsftpd: user anonymous login failed; account "
    "locked, too many attempts\n",
    "Dec 21 12:13:14 nas smbd[88]: closed connection to service public; "
    "opened session, created new directory\n",
    "[Mon Jan 01 01:02:03 2024] [error] [client 127.0.0.1] script not found "
    "or unable to stat\n",
    "[Tue Feb 02 02:03:04 2023] [notice] configured -- resuming normal "
    "operations\n",
    "[Wed Mar 03 03:04:05 2022] [warn] module is already loaded, skipping\n",
    "[Thu Apr 04 04:05:06 2021] [info] removed pid file after shutdown\n",
    "[Fri May 05 05:06:07 2020] [crit] cannot allocate memory; fork failed\n",
    "[Sat Jun 06 06:07:08 2019] [debug] initializing session cache; [Sun Jul "
    "07 07:08:09 2018]\n",
    "192.0.2.1 - - [08/Aug/2024:09:10:11 +0000] \"GET /index.htm HTTP/1.1\" "
    "200 1234 \"-\" \"Mozilla 5.0 (Linux; X11 i686) AppleWebKit 5.1 (KHTML; "
    "like Gecko) Chrome/100.0.0.0 Safari/600.1\"\n",
    "198.51.100.2 - - [09/Sep/2024:10:11:12 +0200] \"POST "
    "/login.php?user=1&page=2 HTTP/1.0\" 404 567 \"http://www.example.com/\" "
    "\"Mozilla/4.0 (MSIE 8.0; compatible, Windows NT 10.0, WOW64, rv:60.0) "
    "Gecko/2010 Firefox/60.0\"\n",
    "203.0.113.3 - - [10/Oct/2024:11:12:13 -0700] \"HEAD /images/logo.png "
    "HTTP/1.1\" 304 0 \"https://search.google.com/find?q=example\" "
    "\"Googlebot/2.1 (+http://google.com/bot.htm)\"\n",
    "{\"timestamp\":\"2024-01-02T03:04:05.678901Z\",\"level\":\"info\",\"mess"
    "age\":\"request completed\",\"method\":\"GET\",\"path\":\"/api/v1/users"
    "\",\"status\":200,\"duration\":12.3,\"client_ip\":\"10.1.2.3\",\"user_ag"
    "ent\":\"curl/7.68.0\",\"host\":\"example.com\",\"id\":17,\"error\":null,"
    "\"ok\":true,\"tags\":[\"a\",\"b\"],\"event_type\":\"ssh\",\"proto\":\"TC"
    "P\",\"dest_ip\":\"10.0.0.6\",\"dest_port\":53,\"src_port\":443,\"src_ip"
    "\":\"10.0.0.5\",\"version\":2,\"type\":\"query\",\"name\":\"value\",\"co"
    "ntent_type\":\"text/plain\",\"length\":0,\"url\":\"https://example.org/"
    "\",\"result\":false}\n",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Event><System><Provider "
    "Name=\"Microsoft-Windows-Security\"/><Level>0</Level></System></Event>\n",
    "time=\"2024-01-02T03:04:05Z\" level=warning msg=\"container stopped\" "
    "name=web id=deadbeef uid=0 gid=0 pid=1 exit=137 user=root\n",
    "block task job stage executor broadcast partition replica leader "
    "controller broker topic offset fetch segment cache index commit "
    "transaction instance volume image network interface router packet "
    "dropped device driver sensor temperature voltage fan power supply "
    "threshold exceeded normal\n",
    "authentication authorization permission policy security violation "
    "attack threat blocked allowed denied rejected accepted established "
    "terminated expired renewed registered unregistered connected "
    "disconnected\n",
    "failed to connect unable to resolve could not find cannot open no such "
    "file, directory not supported already exists in use out of range is not "
    "valid has been changed was deleted will be retried\n",
    "loading loaded saving saved reading read writing written sending sent "
    "receiving receive deleting deleted updating updated adding added "
    "removing removed creating changed running finished stopped stopping "
    "started completed pending waiting sleeping enabled disabled\n",
    "java.lang.Thread.run(Thread.java:745) sun.reflect.NativeMethodAccessorIm"
    "pl.invoke0(Native Method) at org.apache.hadoop.\n",
    "usr local lib share etc var log tmp home opt data root admin test guest "
    "backup nobody daemon mail news games service config system local remote "
    "client server master slave worker manager monitor handler factory "
    "listener scheduler queue buffer storage memory disk total used free "
    "size count average max min rate seconds minutes hours bytes KB MB GB "
    "percent\n",
};
