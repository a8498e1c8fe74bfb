# Real lines (documents, manuals, interface strings) with names, places and organisations put in; joined forms of names.
import json,random,re,sys
from faker import Faker
random.seed(11)
LOC={'en':['en_US','en_GB','en_IN','en_IE','en_NZ'],'de':['de_DE','de_AT','de_CH'],'fr':['fr_FR','fr_BE','fr_CA'],'es':['es_ES','es_MX','es_CO'],'it':['it_IT'],'nl':['nl_NL','nl_BE'],'pt':['pt_BR','pt_PT']}
MORE=['pl_PL','sv_SE','tr_TR','cs_CZ','da_DK','fi_FI','hu_HU','no_NO','hr_HR','ro_RO','sk_SK','sl_SI','vi_VN','id_ID','en_KE','zu_ZA','yo_NG','fr_DZ','ga_IE','lt_LT','et_EE']
FK={l:Faker(l) for v in LOC.values() for l in v}; FK|={l:Faker(l) for l in MORE}
for i,l in enumerate(FK): FK[l].seed_instance(i)
SYL='ka ri mo ta ne lu sha vi po da gre bil tor an el ost wen qui zy dro fen mar lis cho bra ul is or ek im au nd ster gar'.split()
def odd(): 
    return ''.join(random.choice(SYL) for _ in range(random.choice([2,2,3]))).capitalize()
EX=set()
if len(sys.argv)>1:
    for p in sys.argv[1:]:
        for l in open(p):
            j=json.loads(l)
            for s in j['spans']:
                if s['type']=='PERSON': EX|=set(re.findall(r'[^\W\d_]+',j['text'][s['start']:s['end']].lower()))
LATIN=re.compile(r"^[A-Za-z\u00c0-\u024f'’\- .]+$")
def pick(fn):
    for _ in range(30):
        v=fn()
        if LATIN.match(v) and not (EX & set(re.findall(r'[^\W\d_]+',v.lower()))): return v
    return odd()
def loc(lang): return FK[random.choice(LOC[lang])] if random.random()<.75 else FK[random.choice(MORE)]
def given(f): return pick(f.first_name) if random.random()<.9 else odd()
def last(f): return pick(f.last_name) if random.random()<.9 else odd()
def person(f):
    r=random.random(); g=given(f); l=last(f)
    if r<.6: return g+' '+l
    if r<.68: return g+' '+random.choice('ABCDEFGHJKLMNPRSTW')+'. '+l
    if r<.74: return g[0]+'. '+l
    if r<.80: return l+', '+g
    if r<.84: return g+' '+random.choice(['van der','de','von','de la','dos','van','di','da'])+' '+l
    if r<.88: return g+' '+l+'-'+last(f)
    if r<.92: return g+'-'+given(f)+' '+l
    return g+' '+given(f)+' '+l
def strip(s):
    import unicodedata
    return ''.join(c for c in unicodedata.normalize('NFD',s.replace('ß','ss')) if not unicodedata.combining(c))
def login(f):
    g=strip(given(f)).lower().replace(' ','').replace("'",''); l=strip(last(f)).lower().replace(' ','').replace("'",'')
    return random.choice([g+'.'+l,g+'_'+l,g[0]+l,l+g[0],l+'_'+g[0],g+l,g,l,g[0]+'.'+l,g+str(random.randint(1,99)),g[0]+l+str(random.randint(1,99)),g+'-'+l,l,g+'.'+l[0]])
OW={'en':['Bank','Systems','Logistics','Partners','Media','Insurance','Labs','Foods','Energy'],'de':['Logistik','Versicherung','Technik','Maschinenbau','Bau','Systeme','Verlag'],'fr':['Conseil','Assurances','Industries','Transports'],'es':['Seguros','Construcciones','Transportes','Servicios'],'it':['Trasporti','Assicurazioni','Costruzioni','Servizi'],'nl':['Bouw','Verzekeringen','Transport','Advies'],'pt':['Transportes','Seguros','Construções','Serviços']}
OS={'en':['Inc','Inc.','LLC','Ltd','Ltd.','Corp','PLC','Group'],'de':['GmbH','AG','KG','e.V.','GmbH & Co. KG','UG'],'fr':['SARL','SA','SAS','S.A.S.'],'es':['S.L.','S.A.','S.L.U.'],'it':['S.r.l.','S.p.A.','SRL','Group'],'nl':['B.V.','BV','N.V.'],'pt':['Lda','Ltda.','S.A.','Ltda']}
def org(lang,f):
    r=random.random()
    base=random.choice([lambda:last(f),lambda:last(f),odd,lambda:last(f)+' & '+last(f),lambda:odd()+random.choice(['soft','tech','works','ify'])])()
    w=random.choice(OW[lang])
    if r<.35: return base+' '+random.choice(OS[lang])
    if r<.6: return base+' '+w+' '+random.choice(OS[lang])
    if r<.8: return base+' '+w
    if r<.9: return last(f)+random.choice([' and ',' & ','-'])+last(f)
    return pick(f.company)
def place(f): 
    r=random.random()
    return pick(f.city) if r<.8 else pick(lambda:str(f.current_country() if r<.83 else f.country()))
def addr(f):
    return random.choice([lambda:f.street_address(),lambda:f.address().replace('\n',', '),lambda:f.address(),lambda:f.street_address()+', '+f.postcode()+' '+f.city()])()
def ent(lang):
    f=loc(lang); r=random.random()
    if r<.42: return person(f),'PERSON'
    if r<.54: return given(f),'PERSON'
    if r<.59: return last(f),'PERSON'
    if r<.66: return login(f),'PERSON'
    if r<.82: return org(lang,f),'ORGANISATION'
    if r<.95: return place(f),'LOCATION'
    return addr(FK[random.choice(LOC[lang])]),'ADDRESS'
PRE={'en':['by','from','with','for','to','and','of','@','via','at','in'],'de':['von','mit','für','an','und','bei','in','durch'],'fr':['de','avec','pour','par','et','à','chez'],'es':['de','con','para','por','y','a','en'],'it':['di','con','per','da','e','a'],'nl':['van','met','voor','door','en','aan','bij'],'pt':['de','com','para','por','e','a','em']}
def insert(line,lang):
    gaps=[m.start() for m in re.finditer(' ',line)]+[0,len(line)]
    at=random.choice(gaps); v,k=ent(lang); pre=line[:at]; post=line[at:]
    glue=random.choice(['','','',random.choice(PRE[lang])+' '])
    if glue=='@ ' : glue='@'
    if at==0: s=glue.capitalize()+v+random.choice([': ',' ',', ',' - ']); o=len(glue); out=s+line
    else: lead=pre+random.choice([' ',' ',' ',', ',' ('])+glue; o=len(lead); out=lead+v+(')' if lead.endswith('(') else '')+post
    return out,[(o,o+len(v),k)]
PATHS=['/home/{}/src/main.c','/Users/{}/Documents/report.docx','C:\\Users\\{}\\Desktop\\notes.txt','/var/mail/{}','\\\\server\\home\\{}','/srv/share/{}/2024/scan.pdf','~{}/bin','file:///home/{}/a.html','git@host:{}/project.git','https://git.example.org/{}/tool','sudo -u {} ls','ssh {}@build-3','user={}','"user": "{}"','uid=1000({}) gid=1000','{} pts/0 2024-05-02 10:33','Accepted publickey for {} from','session opened for user {} by','chown {}:staff file.txt','login: {}','@{}','{}:x:1000:1000::/home/x:/bin/sh','assignee:{}','author:{}','owner = {}','drwxr-xr-x 2 {} users 4096 May  2 10:33 src','[{}] joined #general','<{}> ok, will do','{}@laptop:~$ make','su - {}','finger {}','{} pushed 3 commits','invite {} to the channel','created_by={}','"assigned_to":"{}"','mentions @{} in a comment']
NAMEF=['{}.pdf','CV_{}.docx','Invoice {}.xlsx','{} - Resume.pdf','Scan_{}_signed.pdf','{}_contract_v2.docx','offer-{}.odt','/home/user/Downloads/{}.pdf','Re: {}','Fwd: {} - contract','{} | LinkedIn','{} - Chat','Call with {}','1:1 {} / Team','{} (Guest)','{} is presenting','{} • 2h ago','{} replied to your comment','{}: see you tomorrow','Assignee: {}','Reporter: {}','{}\t12\t3.5\topen','name,{}','<td>{}</td>','"name": "{}",','name: {}','{}; {}','To: {}; {}','{}, {} and 3 others','• {}','- [ ] ask {}','* {} (chair)']
def joined(lang):
    f=loc(lang)
    if random.random()<.55:
        t=random.choice(PATHS); v=login(f); 
    else:
        t=random.choice(NAMEF); v=person(f)
        if re.search(r'[_\-]\{|\}[_\-]|\{\}\.|CV',t) and random.random()<.6: v=re.sub(r'[ ,.]+',random.choice(['_','-','']),v) if random.random()<.8 else v
    out='';sp=[]
    for i,p in enumerate(t.split('{}')):
        if i: 
            if i>1: v=person(f)
            sp.append((len(out),len(out)+len(v),'PERSON')); out+=v
        out+=p
    return out,sp
if __name__=='__main__':
    neg=[json.loads(l) for l in open('neg_train.jsonl')]
    out=[]
    for j in neg:
        ls=[l for l in j['text'].split('\n') if 15<len(l)<160]
        if not ls or random.random()<.45: continue
        t,sp=insert(random.choice(ls).strip(),j['language']); out.append((t,sp,j['language']))
    for _ in range(9000):
        lang=random.choice(['en','en']+list(LOC)); t,sp=joined(lang); out.append((t,sp,lang))
    random.shuffle(out)
    with open('aug_train.jsonl','w') as w:
        for t,sp,l in out: w.write(json.dumps({'text':t,'spans':[{'start':a,'end':b,'type':k} for a,b,k in sp],'language':l},ensure_ascii=False)+'\n')
    print(len(out)); [print(x) for x in out[:12]]
