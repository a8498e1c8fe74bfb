import importlib,pkgutil,re,collections,sys,unicodedata,json
import faker.providers.person as pp, faker.providers.address as pa, faker.providers.job as pj, faker.providers.company as pc
LAT=re.compile(r"^[A-Za-z\u00c0-\u024f\u1e00-\u1eff'’. \-]+$")
FOLD={}
for s,c in [("àáâãäåāăą",'a'),("çćčĉ",'c'),("ďđ",'d'),("èéêëēĕėęě",'e'),("ğģ",'g'),("ìíîïīĭįı",'i'),("łľĺ",'l'),("ñńňņ",'n'),("òóôõöøōŏő",'o'),("řŕ",'r'),("śšşș",'s'),("ťţț",'t'),("ùúûüūŭůűų",'u'),("ýÿ",'y'),("źżž",'z'),("’ʼ","'"),("‐‑",'-')]:
    for x in s: FOLD[x]=c
def fold(s): return ''.join(FOLD.get(c,c) for c in s.lower())
def vals(v):
    if isinstance(v,dict): v=list(v.keys())
    for x in v or []:
        if isinstance(x,(list,tuple)): yield from vals(x)
        elif isinstance(x,str): yield x
def walk(pkg,names,prefix=False):
    out=collections.defaultdict(set)
    for m in pkgutil.iter_modules(pkg.__path__):
        try: P=importlib.import_module(pkg.__name__+'.'+m.name).Provider
        except Exception: continue
        for a in dir(P):
            if any(a.startswith(n) if prefix else a==n for n in names):
                v=getattr(P,a)
                if isinstance(v,(list,tuple,dict)): out[m.name]|=set(vals(v))
    return out
if __name__=='__main__':
    g=walk(pp,['first_name'],True); l=walk(pp,['last_name'],True)
    for k in sorted(g): print(k,len(g[k]),len(l.get(k,())), list(g[k])[:2])
    print({k:len(v) for k,v in walk(pa,['cities','city_names','city','towns'],True).items()})
    print({k:len(v) for k,v in walk(pa,['countries','states','provinces','regions','departments','counties','states_abbr'],False).items()})
    print({k:len(v) for k,v in walk(pj,['jobs','jobs_male','jobs_female'],True).items()})
    print({k:(len(v),list(v)[:3]) for k,v in walk(pc,['company_suffixes','large_companies'],True).items()})
