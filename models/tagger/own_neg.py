
# Interface sentences that name products, languages and places but nobody.
import random,re
import mo
APPS='Firefox,Thunderbird,LibreOffice,Word,Excel,PowerPoint,Outlook,Teams,Slack,Chrome,Photoshop,GIMP,Inkscape,Blender,Grafana,Docker,Kubernetes,Postgres,Redis,Visual Studio,Eclipse,PyCharm,Emacs,Vim,Git,Jira,Notion,Figma,Zoom,Skype,Steam,VLC,Audacity,Nextcloud,Jenkins,Terraform,Ansible,Debian,Ubuntu,Fedora,Windows,Android,Rust,Python,Java,Angular,React,Spark,Kafka,Prometheus,SAP,Salesforce,Dropbox,Spotify,Edge,Safari'.split(',')
OPEN={'en':['Open {a} and click {w}.','Start {a}, then choose {w}','{a} has stopped working','{a} needs to be updated','About {a}','Install {a} {v}','Update {a} to {v}','{w} in {a}','{a} - {w}','How do I disable {w} in {a}?'],'de':['{a} öffnen und auf {w} klicken.','Starten Sie {a} und wählen Sie {w}','{a} reagiert nicht','Über {a}','{a} {v} installieren'],'fr':['Ouvrez {a} et cliquez sur {w}.','Lancez {a} puis choisissez {w}','À propos de {a}','Installer {a} {v}'],'es':['Abra {a} y pulse {w}.','Inicie {a} y elija {w}','Acerca de {a}','Instalar {a} {v}','Abrir {w} en {a}'],'it':['Aprire {a} e fare clic su {w}.','Avviare {a} e scegliere {w}','Informazioni su {a}'],'nl':['Open {a} en klik op {w}.','Start {a} en kies {w}','Over {a}'],'pt':['Abra o {a} e selecione {w}.','Inicie o {a} e escolha {w}','Sobre o {a}','Instalar {a} {v}']}
LANGS={'en':['English','German','French','Spanish','Italian','Dutch','Portuguese'],'de':['Englisch','Deutsch','Französisch','Spanisch'],'fr':['Anglais','Français','Allemand','Espagnol'],'es':['Inglés','Español','Francés'],'it':['Inglese','Italiano','Tedesco'],'nl':['Engels','Nederlands','Duits'],'pt':['Inglês','Português','Espanhol']}
LANDS={'en':['United States','United Kingdom','Germany','France','Canada','Spain','Brazil'],'de':['Deutschland','Österreich','Schweiz','USA'],'fr':['France','Belgique','Canada','Suisse'],'es':['España','México','Argentina'],'it':['Italia','Svizzera'],'nl':['Nederland','België'],'pt':['Brasil','Portugal']}
def lines(n):
    W={l:[w for w in ({d.replace('_','').rstrip('….:') for s,d in mo.ui('pt_BR' if l=='pt' else l)} if l!='en' else {s.replace('_','').rstrip('….:') for s,d in mo.ui('de')}) if 2<len(w)<24 and w[:1].isupper() and '%' not in w and '<' not in w and w.count(' ')<3 and '\n' not in w] for l in OPEN}
    for l in W: W[l].sort()
    out=[]
    for _ in range(n):
        l=random.choice(list(OPEN)); r=random.random()
        if r<.5: out.append(random.choice(OPEN[l]).format(a=random.choice(APPS),w=random.choice(W[l]),v=f'{random.randint(1,30)}.{random.randint(0,20)}'))
        elif r<.6: out.append(random.choice(['{} ({})','Language: {} ({})','UTF-8   {} ({})   100%']).format(random.choice(LANGS[l]),random.choice(LANDS[l])))
        elif r<.85: out.append(random.choice(['   ','\t',' | ',' > ']).join(random.choice(W[l]) for _ in range(random.randint(2,7))))
        else: out.append('\t'.join(random.choice(W[l]) for _ in range(random.randint(2,4)))+'\t'+f'{random.randint(1,999)}\t{random.randint(1,9999)},{random.randint(10,99)} €')
    return out
