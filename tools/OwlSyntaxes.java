import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.io.OWLFunctionalSyntaxOntologyFormat;
import org.semanticweb.owlapi.io.OWLXMLOntologyFormat;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.util.SimpleIRIMapper;

/** Writes NAME.owx and NAME.ofn beside each NAME.rdf of a folder, without any network. */
public class OwlSyntaxes {
    public static void main(String[] arguments) throws Exception {
        File folder = new File(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
            map(manager, "http://www.w3.org/ns/prov-o#", new File(folder, "prov-o.rdf"));
            for (int j = 1; j < arguments.length; j++) {
                map(manager, "https://w3id.org/aitia/" + arguments[j], new File(folder, arguments[j] + ".rdf"));
            }
            OWLOntology ontology = manager.loadOntology(IRI.create("https://w3id.org/aitia/" + arguments[i]));
            manager.saveOntology(ontology, new OWLXMLOntologyFormat(), target(folder, arguments[i] + ".owx"));
            manager.saveOntology(ontology, new OWLFunctionalSyntaxOntologyFormat(), target(folder, arguments[i] + ".ofn"));
        }
    }

    private static void map(OWLOntologyManager manager, String name, File file) {
        manager.addIRIMapper(new SimpleIRIMapper(IRI.create(name), IRI.create(file)));
    }

    private static IRI target(File folder, String name) {
        return IRI.create(new File(folder, name).getAbsoluteFile());
    }
}
