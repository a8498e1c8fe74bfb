# UI strings and their translations out of .mo files; man pages and docs as lines.
import struct,sys,os,glob,re,gzip
def mo(p):
    b=open(p,'rb').read()
    if len(b)<28: return
    e='<' if b[:4]==b'\xde\x12\x04\x95' else '>'
    n,o,t=struct.unpack(e+'III',b[8:20])
    for i in range(n):
        l,a=struct.unpack(e+'II',b[o+8*i:o+8*i+8]); s=b[a:a+l]
        l,a=struct.unpack(e+'II',b[t+8*i:t+8*i+8]); d=b[a:a+l]
        try: yield s.decode().split('\x04')[-1],d.decode()
        except UnicodeDecodeError: pass
def ui(lang):
    for p in sorted(glob.glob(f'/usr/share/locale/{lang}/LC_MESSAGES/*.mo')):
        if 'iso_' in p: continue
        for s,d in mo(p):
            if not s: continue
            yield s.split('\0')[0],d.split('\0')[0]
def man(lang=None):
    base='/usr/share/man/'+(lang+'/' if lang else '')+'man[1-8]/*.gz'
    for p in sorted(glob.glob(base)):
        try: t=gzip.open(p,'rt',errors='strict').read(300000)
        except Exception: continue
        skip=False
        for l in t.split('\n'):
            if l.startswith('.SH'): skip=any(x in l.upper() for x in ('AUTH','COPY','AUTOR','VERFAS','TRADU','ÜBERS','REPORT','HISTORY','ACKNOW','THANKS'))
            if skip or l.startswith('.\\"'): continue
            l=re.sub(r'^\.[A-Za-z]+ ?','',l); l=re.sub(r'\\f.|\\[&|]|\\\((..)|\\\*\(..|\\s[-+]?\d|\\[%:^/,]','',l).replace('\\-','-').replace('\\(aq',"'").replace('\\e','\\')
            if l.strip(): yield l
def docs():
    for p in sorted(glob.glob('/usr/share/doc/*/*')):
        if 'opyright' in p or 'changelog' in p.lower() or 'AUTHORS' in p or os.path.isdir(p): continue
        if not re.search(r'(README|NEWS|FAQ|TODO|\.txt|\.md|\.rst|\.pod)',p): continue
        try: t=(gzip.open(p,'rt') if p.endswith('gz') else open(p)).read(200000)
        except Exception: continue
        yield from t.split('\n')
