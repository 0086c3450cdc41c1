// What runs in the server: a script for each operation.
//
// All keys have one hash tag, so they are in one slot of a cluster:
//
//   {prefix}:             a hash: the epoch `e`, the sequence `n`, the floor `f`, the number of the last change `l`, the
//                         history of the server's data `i`;
//                         `c`, `k`, `r`, `g` for the marks, see MAKE
//   {prefix}:m0 and :m1   hashes with the marks: `h` or `s` and the name, hard or soft, with the number; `t` and the name,
//                         when the soft one was made. The empty field tells that no mark has been lost.
//   {prefix}:f            a stream with the changes, each under its number
//   {prefix}:r:ID         a hash, a record: its epoch `e`, its number `s`, its data `d`, its concerns `c`
//   {prefix}:t:ID         the turn of a record: its number and its node
//
// docs/decisions/redis-store.md has the reasons.

/**
 * What every script begins with: the store's state. It is made if it isn't there, or not all of it. If the history of the
 * server's data (`master_replid`) is another one than that of the epoch, something may be lost, and there is a new epoch.
 */
const HEAD = `local M,F=KEYS[1],KEYS[4]
local call,num,max=redis.call,tonumber,math.max
local t=call('TIME')
local now=t[1]*1000+math.floor(t[2]/1000)
local v=call('HMGET',M,'e','n','f','l','i')
local i=tostring(redis.pcall('INFO','replication')):match('id:(%w+)')or v[5]
if not v[1]then call('DEL',KEYS[2],KEYS[3],F)end
if not v[1]or i~=v[5]then
v[1]=ARGV[1]..now
v[2]=v[2]or 1
call('HSET',M,'e',v[1],'n',v[2],'i',i or'')
end
local e,n,f,l=v[1],num(v[2]),num(v[3]or 0),num(v[4]or 0)
if call('EXISTS',KEYS[2],KEYS[3])<2 then
f=n
call('HSET',M,'f',n)
call('HSET',KEYS[2],'',1)
call('HSET',KEYS[3],'',1)
end
`;

/**
 * The greatest marks of a list of names: hard, soft, and when the soft one was made. What is forgotten may have been as
 * great as the floor.
 */
const FIND = `local seen={}
local function find(names)
local h,s,w=f,0,0
for _,x in ipairs(cjson.decode(names))do
local m=seen[x]
if not m then
m={0,0,0}
for i=2,3 do
local v=call('HMGET',KEYS[i],'h'..x,'s'..x,'t'..x)
m[1]=max(m[1],num(v[1]or 0))
if num(v[2]or 0)>m[2]then m[2],m[3]=num(v[2]),num(v[3])end
end
seen[x]=m
end
h=max(h,m[1])
if m[2]>s then s,w=m[2],m[3]end
end
return h,s,w
end
`;

/** Whether something may have invalidated a value, and how it is stored otherwise. `ARGV[2]` to `[4]` are the record. */
const STORE = `local function behind(E,S)
return E~=e or num(S)>n or num(S)<find(ARGV[3])
end
local function store(s)
call('HSET',KEYS[5],'e',e,'s',s,'d',ARGV[2],'c',ARGV[3])
if ARGV[4]=='0'then call('PERSIST',KEYS[5])else call('PEXPIRE',KEYS[5],ARGV[4])end
return{e,n,now,1}
end
`;

/**
 * Takes a number, makes marks with it, and tells the feed. New marks go into one of two hashes (`c`). When the marks in the
 * other one have lasted long enough (`k`) since it was left (`r`), it is emptied, the floor is raised over its greatest mark
 * (`g`), and the hashes change places.
 */
const MAKE = `local function make(names,soft,keep,length)
n=call('HINCRBY',M,'n',1)
local v=call('HMGET',M,'c','k','r','g')
local c,k=num(v[1]or 0),max(num(v[2]or 0),num(keep))
if now>num(v[3]or 0)+k then
c=1-c
call('UNLINK',KEYS[2+c])
call('HSET',KEYS[2+c],'',1)
call('HSET',M,'c',c,'r',now,'g',n-1,'f',max(f,num(v[4]or 0)))
end
for _,x in ipairs(cjson.decode(names))do
if soft=='1'then call('HSET',KEYS[2+c],'s'..x,n,'t'..x,now)else call('HSET',KEYS[2+c],'h'..x,n)end
end
call('XADD',F,'MAXLEN','~',length,n..'-0','p',l,'m',names,'s',soft)
call('HSET',M,'k',k,'l',n)
end
`;

/** The operations. Each takes a new epoch as its first argument, in case that one has to be made. */
export const SCRIPTS = {
  read: `${HEAD}${FIND}local a={e,n,now}
for i=5,#KEYS do
local r=call('HMGET',KEYS[i],'e','s','d','c')
a[i-1]=false
if r[1]==e then
local h,s,w=find(r[4])
if num(r[2])>=h then a[i-1]={r[3],num(r[2]),h,s,w}end
end
end
return a`,

  write: `${HEAD}${FIND}${STORE}local r,h=call('HMGET',KEYS[5],'e','s','c'),call('GET',KEYS[6])
local s=num(ARGV[6])
if behind(ARGV[5],s)or r[1]==e and num(r[2])>s and num(r[2])>=find(r[3])
or ARGV[7]~=''and h and h:match('%d+')~=ARGV[7]then return{e,n,now,0}end
return store(s)`,

  put: `${HEAD}${FIND}${STORE}${MAKE}if ARGV[5]~=''and behind(ARGV[5],ARGV[6])then return{e,n,now,0}end
make(ARGV[7],'0',ARGV[8],ARGV[9])
return store(n)`,

  drop: `${HEAD}${MAKE}make(ARGV[2],ARGV[3],ARGV[4],ARGV[5])
for i=5,#KEYS do call('UNLINK',KEYS[i])end
return{e,n,now}`,

  changes: `${HEAD}local a={e,n,now,0}
if e~=ARGV[2]then a[4]=1 return a end
local s=num(ARGV[3])
if l<=s then return a end
local p
for _,x in ipairs(call('XRANGE',F,s+1,'+'))do
local v=x[2]
p=p or num(v[2])
a[#a+1]=num(x[1]:match('%d+'))
a[#a+1]='='..v[4]
a[#a+1]=v[6]
end
if not p or p>s then return{e,n,now,1}end
return a`,

  renew: `${HEAD}${MAKE}if e==ARGV[2]then
if num(ARGV[4])>n then call('HSET',M,'n',ARGV[4])end
make('[]','0','0',ARGV[3])
e=ARGV[1]..now
call('HSET',M,'e',e)
end
return{e,n,now}`,

  turn: `${HEAD}local h=call('GET',KEYS[5])
if h and h:match(' (.*)')~=ARGV[2]then return{e,n,now,0,call('PTTL',KEYS[5])}end
n=call('HINCRBY',M,'n',1)
call('SET',KEYS[5],n..' '..ARGV[2],'PX',ARGV[3])
return{e,n,now,n}`,

  endTurn: `${HEAD}local h=call('GET',KEYS[5])
if h and h:match('%d+')==ARGV[2]then call('DEL',KEYS[5])end
return{e,n,now}`,
};

export type Operation = keyof typeof SCRIPTS;
