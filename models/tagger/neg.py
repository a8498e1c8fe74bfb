import os,random,json,re,itertools,sys
import mo
random.seed(7)
G=set(w for l in open('crates/redact/data/tagger/given.txt') if l[0]!='#' for w in l.split())
S=set(w for l in open('crates/redact/data/tagger/surname.txt') if l[0]!='#' for w in l.split())
from lists import fold
low=json.load(open('low.json'))
def clean(t):
    if '@' in t or re.search(r'©|[Cc]opyright|[Aa]uthor|[Ww]ritten by|Inc\b|GmbH|Foundation|[A-Z]\. [A-Z][a-z]+|\b(19|20)\d\d\b.*\b[A-Z][a-z]+ [A-Z][a-z]+',t): return False
    ws=re.findall(r"[^\W\d_]+",t)
    for a,b in zip(ws,ws[1:]):
        if a[:1].isupper() and a[1:].islower() and b[:1].isupper() and fold(a) in G and low.get(fold(a),0)<30: return False
    for a in ws:
        if a[:1].isupper() and a[1:].islower() and (fold(a) in G or fold(a) in S) and low.get(fold(a),0)<4: return False
    return True
def sample(it,n,mn=3,mx=400):
    L=[x.strip('\n') for x in it]; L=[x for x in L if mn<=len(x.strip())<=mx]; random.shuffle(L); out=[];seen=set()
    for x in L:
        if len(out)>=n: break
        if x not in seen and clean(x): seen.add(x); out.append(x)
    return out
def group(L,k=6):
    i=0
    while i<len(L):
        n=random.choice([1,1,1,2,3,k]); yield '\n'.join(L[i:i+n]); i+=n
out=[]
def add(L,lang,reg):
    for t in group(L): out.append({'text':t,'spans':[],'language':lang,'register':reg})
for L in ('de','fr','es','it','nl','pt','pt_BR'):
    u=[d.replace('_','') for s,d in mo.ui(L)]
    add(sample(u,9000),L[:2],'ui'); add(sample(itertools.islice(mo.man(L),200000),3000),L[:2],'man')
add(sample([s.replace('_','') for s,d in mo.ui('de')],12000),'en','ui')
add(sample(itertools.islice(mo.man(),600000),14000),'en','man')
add(sample(itertools.islice(mo.docs(),300000),8000),'en','doc')
import glob
def code():
    for p in sorted(glob.glob('/usr/lib/python3/**/*.py',recursive=True))[:600]+sorted(glob.glob(os.path.expanduser('~/.cargo/registry/src/*/*/src/**/*.rs'),recursive=True))[::40]+sorted(glob.glob('/usr/include/**/*.h',recursive=True))[::60]+sorted(glob.glob('/etc/**/*.conf',recursive=True)):
        try: yield from open(p).read(60000).split('\n')
        except Exception: pass
add(sample(code(),14000),'en','code')

from own_neg import lines
add(lines(6000),'en','ui')
random.shuffle(out)
n=len(out)//12
for p,d in (('neg_test.jsonl',out[:n]),('neg_train.jsonl',out[n:])):
    open(p,'w').write(''.join(json.dumps(x,ensure_ascii=False)+'\n' for x in d)); print(p,len(d),sum(len(x['text']) for x in d))
